"""The programs and modules by which bytes are moved from here."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence

from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.services.diagnosis import programs
from rucio_jupyterlab.services.diagnosis.model import Finding, Step, fine, irrelevant, warning

TITLES = {"voms-proxy-init": "voms-proxy-init", "xrdcp": "xrdcp", "gfal": "gfal"}

VERSION_LIMIT_S = 5.0

_VERSION = re.compile(r"\bv?(\d+(?:\.\d+)+\S*)")


class Tools:
    """The checks of ``voms-proxy-init``, ``xrdcp`` and gfal."""

    def __init__(
        self,
        instance: Instance,
        protocols: Callable[[], Sequence[RseProtocol]],
        after: Sequence[str],
    ) -> None:
        """``protocols`` are those of the destinations, known once the steps ``after`` have
        ended.
        """
        self._instance = instance
        self._protocols = protocols
        self._after = tuple(after)

    def steps(self) -> list[Step]:
        needs = ("configuration",)
        return [
            Step("voms-proxy-init", TITLES["voms-proxy-init"], self._voms, needs=needs),
            Step("xrdcp", TITLES["xrdcp"], self._xrdcp, needs=needs, after=self._after),
            Step("gfal", TITLES["gfal"], self._gfal, needs=needs, after=self._after),
        ]

    async def _voms(self) -> Finding:
        version = await _version_of(("voms-proxy-init", "--version"))
        if version is not None:
            return fine(f"voms-proxy-init {version} is there.")
        if not self._instance.voms_enabled:
            return irrelevant("It is not there, and not needed: voms_enabled is off.")
        return warning(
            "It is not there, and voms_enabled asks for it: downloads and uploads go without VOMS "
            "attributes.",
            "Install it (the package voms-clients, or voms-clients-java).",
        )

    async def _xrdcp(self) -> Finding:
        version = await _version_of(("xrdcp", "--version"))
        if version is not None:
            return fine(f"xrdcp {version} is there.")
        return self._missing(
            "xrdcp", "root://", "Install the package xrootd-client.", self._is_for_xrdcp
        )

    async def _gfal(self) -> Finding:
        # rucio-clients import it; the program beside it is for people.
        code = "import gfal2; print('version', gfal2.get_version())"
        outcome = await programs.run([sys.executable, "-c", code], limit_s=VERSION_LIMIT_S)
        if outcome.status == 0:
            return fine(f"gfal2 {_version_in(outcome.output)} can be imported here.")
        version = await _version_of(("gfal-copy", "--version"))
        if version is not None:
            return warning(
                f"gfal-copy {version} is there, and the Python of Jupyter cannot import gfal2, "
                "which downloads and uploads use.",
                "Install gfal2-python for the Python of Jupyter, where davs:// or srm:// is used.",
            )
        return self._missing(
            "gfal",
            "davs:// or srm://",
            "Install gfal2 with its Python module (gfal2-python).",
            lambda protocol: not self._is_for_xrdcp(protocol) and protocol.scheme != "file",
        )

    @staticmethod
    def _is_for_xrdcp(protocol: RseProtocol) -> bool:
        return protocol.scheme in ("root", "roots", "xroot") and ".gfal" not in protocol.impl

    def _missing(
        self, tool: str, schemes: str, hint: str, is_for_it: Callable[[RseProtocol], bool]
    ) -> Finding:
        if self._instance.mode == "download":
            return warning(
                f"It is not there: files at sites that are reached by {schemes} cannot be "
                "downloaded or uploaded.",
                hint,
            )
        if any(is_for_it(protocol) for protocol in self._protocols()):
            return warning(
                f"It is not there: nothing can be uploaded to the storage that is mounted here by "
                f"{schemes}. Making available and reading do not need it.",
                hint,
            )
        return irrelevant(f"{tool} is not there, and not needed: Rucio moves the data itself.")


async def _version_of(command: Sequence[str]) -> str | None:
    """None where there is no such program; “(version unknown)” where it does not say."""
    try:
        outcome = await programs.run(command, limit_s=VERSION_LIMIT_S)
    except OSError:
        return None
    return _version_in(outcome.output)


def _version_in(output: str) -> str:
    found = _VERSION.search(output)
    return found.group(1) if found else "(version unknown)"
