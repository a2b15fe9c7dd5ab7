"""Proxies with the attributes of a virtual organisation, made by ``voms-proxy-init``."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ConfigurationError, UnusableCredentials

COMMAND = "voms-proxy-init"

# Several servers of a VO are tried one after the other.
LIMIT_S = 60.0

_LONGEST_SAID = 300


@dataclass(frozen=True)
class KeyPair:
    """A certificate, its key, and the key's passphrase where it has one."""

    certificate: Path
    key: Path
    passphrase: str | None = field(default=None, repr=False)


async def make_voms_proxy(
    instance: Instance, pair: KeyPair, out: Path, environ: Mapping[str, str]
) -> None:
    """Writes a proxy for ``instance.vo``, or without attributes where there is none, to ``out``.

    Raises:
        ConfigurationError: code ``voms_missing``: the command is not installed.
        UnusableCredentials: code ``voms_failed``: it says why.
    """
    command = shutil.which(COMMAND, path=environ.get("PATH"))
    if command is None:
        raise ConfigurationError(
            f"{instance.display_name} needs a VOMS proxy, and {COMMAND} is not installed here.",
            code="voms_missing",
            hint="Ask the operator to install voms-clients, or make a proxy elsewhere and use it.",
        )
    arguments = ["-rfc", "-pwstdin"]
    for option, value in (
        ("-cert", pair.certificate),
        ("-key", pair.key),
        ("-out", out),
        ("-voms", instance.vo),
        ("-vomses", instance.voms_vomses_path),
        ("-certdir", instance.voms_certdir_path),
    ):
        if value:
            arguments += [option, str(value)]
    environment = dict(environ)
    if instance.voms_certdir_path:
        environment["X509_CERT_DIR"] = instance.voms_certdir_path
    if instance.voms_vomsdir_path:
        # Not every version of the command has an option for it.
        environment["X509_VOMS_DIR"] = instance.voms_vomsdir_path
    code, said = await _run(command, arguments, pair.passphrase or "", environment)
    if code != 0 or not await asyncio.to_thread(out.is_file):
        raise UnusableCredentials(
            f"{COMMAND} made no proxy for {instance.display_name}: {said or 'it does not say why'}",
            code="voms_failed",
            hint="Try the command in a terminal; the operator sets voms_vomses_path, "
            "voms_certdir_path and voms_vomsdir_path.",
        )


async def _run(
    command: str, arguments: list[str], passphrase: str, environment: Mapping[str, str]
) -> tuple[int, str]:
    """Its exit code, and what it said. The passphrase goes by its standard input."""
    process = await asyncio.create_subprocess_exec(
        command,
        *arguments,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        start_new_session=True,  # away from a terminal, at which it would ask
    )
    try:
        output, _ = await asyncio.wait_for(process.communicate(f"{passphrase}\n".encode()), LIMIT_S)
    except asyncio.TimeoutError:
        return 1, f"it took longer than {LIMIT_S:g} s."
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    return process.returncode or 0, _last_words(output, passphrase)


def _last_words(output: bytes, passphrase: str) -> str:
    """What it said last that a reader can use; it prints dots while it works."""
    lines = [line.strip(". ") for line in output.decode("utf-8", "replace").splitlines()]
    told = [
        line for line in lines if line and not line.startswith(("Function:", "Cannot open file"))
    ]
    text = "; ".join(told[-3:])
    if passphrase and passphrase in text:
        text = text.replace(passphrase, "…")
    return text[:_LONGEST_SAID]
