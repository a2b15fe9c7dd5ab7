"""Whether the storage takes it: known, writable, reachable with this sign-in, with quota left."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rucio_jupyterlab.client import rses
from rucio_jupyterlab.client.rses import RseProtocol, RseRecord
from rucio_jupyterlab.client.transport import RucioClient
from rucio_jupyterlab.errors import (
    ExtensionError,
    Forbidden,
    NotAuthenticated,
    NotFound,
    QuotaExceeded,
    Unprocessable,
)
from rucio_jupyterlab.services.availability import quota
from rucio_jupyterlab.services.availability.quota import Quota
from rucio_jupyterlab.services.availability.refusals import ASK_HINT, FREE_HINT, in_words
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.mounts import MountHangs, Mounts
from rucio_jupyterlab.services.uploads.model import Place

_RSE_NAME = re.compile(r"[A-Za-z0-9._-]+")
# Storages that ask who one is by certificate or token, and never by a password.
_CERTIFICATE_OR_TOKEN = frozenset({"davs", "https", "http", "dav"})
_CERTIFICATE_ONLY = frozenset({"srm", "gsiftp"})


@dataclass(frozen=True)
class Found:
    """``problems`` stand in the way, the gravest first."""

    place: Place
    problems: list[ExtensionError] = field(default_factory=list)


class PlaceFinder:
    """Asks Rucio about the RSE of an upload."""

    def __init__(self, destinations: Destinations, mounts: Mounts) -> None:
        self._destinations = destinations
        self._mounts = mounts

    async def for_streaming(self, client: RucioClient, rse: str, auth_type: str) -> Found:
        """An RSE to which bytes go from here."""
        if not _RSE_NAME.fullmatch(rse):
            return Found(
                Place(rse),
                [
                    Unprocessable(
                        f"“{rse}” is an RSE expression, and files can be sent to one RSE only.",
                        code="rse_expression",
                        hint="Choose one RSE. Expressions do for files in scratch space.",
                    )
                ],
            )
        try:
            record = await rses.get(client, rse)
        except NotFound as error:
            return Found(Place(rse), [_unknown(rse, error)])
        left = (await quota.at_places(client, self._destinations, [rse]))[rse]
        accepts, word = _sign_in(record, auth_type)
        problems: list[ExtensionError] = []
        if not record.is_writable:
            problems.append(_blocked(rse))
        if not record.deterministic:
            problems.append(
                Unprocessable(
                    f"{rse} does not keep files by their names, so nothing can be sent to it from "
                    "here.",
                    code="rse_not_deterministic",
                    hint="Choose another RSE.",
                )
            )
        if word is not None:
            problems.append(word)
        elif (missing := await self._missing_folder(record)) is not None:
            problems.append(missing)
        if (refusal := await _may_add(client, rse)) is not None:
            problems.append(refusal)
        return Found(Place(rse, record.is_writable, accepts, left), problems)

    async def for_rule(self, client: RucioClient, expression: str) -> Found:
        """Where a rule is to bring what lies on a scratch storage; an RSE expression will do."""
        try:
            named = await rses.summaries(client, expression)
        except Unprocessable as error:
            return Found(Place(expression), [_unknown(expression, error)])
        writable = [summary.rse for summary in named if summary.is_writable]
        lefts = await quota.at_places(client, self._destinations, writable or [named[0].rse])
        best = max(lefts.values(), key=_room)
        problems: list[ExtensionError] = [] if writable else [_blocked(expression)]
        return Found(Place(expression, bool(writable), None, best), problems)

    async def scratch_problems(
        self, client: RucioClient, bytes_on: Mapping[str, int]
    ) -> list[ExtensionError]:
        """Why files that lie on scratch storages cannot be registered there, if they cannot.

        ``bytes_on`` is by RSE: a rule keeps them there for a while, and takes of the quota.
        """
        problems: list[ExtensionError] = []
        lefts = await quota.at_places(client, self._destinations, list(bytes_on))
        for rse, needed in bytes_on.items():
            if (refusal := await _may_add(client, rse)) is not None:
                problems.append(refusal)
            place = Place(rse, is_writable=True, quota=lefts[rse])
            if (short := over_quota(client, place, needed)) is not None:
                problems.append(short)
        return problems

    async def _missing_folder(self, record: RseRecord) -> ExtensionError | None:
        """A folder of this machine that Rucio calls a storage has to be there."""
        writing = _writing(record)
        if any(protocol.scheme != "file" for protocol in writing):
            return None
        for protocol in writing:
            try:
                if await self._mounts.look(protocol.prefix, Path(protocol.prefix).is_dir):
                    return None
            except MountHangs:
                continue
        return Unprocessable(
            f"{record.rse} is a folder of another machine, which cannot be reached from here.",
            code="storage_unreachable",
            hint="Choose another RSE.",
        )


def over_quota(client: RucioClient, place: Place, needed_bytes: int) -> QuotaExceeded | None:
    """Why so many bytes do not fit, where Rucio says what is left."""
    left = place.quota
    if left.has_any is False:
        return QuotaExceeded(
            f"Your account has no quota at {place.rse}.",
            hint=ASK_HINT.format(instance=client.instance.display_name),
        )
    if left.bytes_left is None or left.bytes_limit is None or needed_bytes <= left.bytes_left:
        return None
    return QuotaExceeded(
        f"Your quota at {place.rse} is not enough: {in_words(left.bytes_left)} of "
        f"{in_words(left.bytes_limit)} are left, and this takes {in_words(needed_bytes)}.",
        hint=FREE_HINT,
    )


def _sign_in(record: RseRecord, auth_type: str) -> tuple[bool | None, ExtensionError | None]:
    """Whether one of the RSE's ways in takes the sign-in, and the word when none does."""
    writing = _writing(record)
    if not writing:
        return None, Unprocessable(
            f"Rucio knows no way to write to {record.rse} from outside.",
            code="no_write_protocol",
            hint="Choose another RSE.",
        )
    answers = [_takes(protocol, auth_type) for protocol in writing]
    if any(answer is True for answer in answers):
        return True, None
    if any(answer is None for answer in answers):
        return None, None
    schemes = {protocol.scheme for protocol in writing}
    wants = "a certificate" if schemes <= _CERTIFICATE_ONLY else "a certificate or a token"
    how = {"userpass": "a password", "oidc": "a token"}.get(auth_type, "this certificate")
    return False, Forbidden(
        f"The storage of {record.rse} ({', '.join(sorted(schemes))}) takes {wants}, and you are "
        f"signed in with {how}.",
        code="sign_in_not_accepted",
        hint=f"Sign in with {wants}, or choose another RSE.",
    )


def _takes(protocol: RseProtocol, auth_type: str) -> bool | None:
    """None where only trying tells."""
    if protocol.scheme == "file":
        return True
    if protocol.scheme in _CERTIFICATE_OR_TOKEN:
        return auth_type != "userpass"
    if protocol.scheme in _CERTIFICATE_ONLY:
        return auth_type in ("x509", "x509_proxy")
    # XRootD may ask for nothing at all.
    return None if auth_type == "userpass" else True


def _writing(record: RseRecord) -> Sequence[RseProtocol]:
    return [item for item in record.protocols if item.write_wan_priority is not None]


async def _may_add(client: RucioClient, rse: str) -> ExtensionError | None:
    """Whether this account may register files at the RSE.

    Rucio is asked to register one in a scope that nobody has: it looks at the right to do so first,
    and nothing can come of it.
    """
    nowhere = f"probe.{secrets.token_hex(8)}"
    file = {"scope": nowhere, "name": "probe", "bytes": 0, "adler32": "00000001"}
    try:
        await client.request(
            "POST", "/replicas/", json={"rse": rse, "files": [file]}, repeatable=False
        )
    except NotAuthenticated:
        raise
    except Forbidden as error:
        if error.rucio is not None and "file replicas on" in error.rucio.exception_message:
            return Forbidden(
                f"Your account may not put files at {rse}.",
                code="rse_forbidden",
                hint=f"Choose another RSE, or ask for the right to write to {rse}.",
                rucio=error.rucio,
            )
    except ExtensionError:
        # It failed as it should, further on.
        return None
    return None


def _room(left: Quota) -> float:
    if left.has_any is False:
        return -1.0
    return float("inf") if left.bytes_left is None else float(left.bytes_left)


def _unknown(rse: str, error: ExtensionError) -> NotFound:
    return NotFound(
        f"Rucio knows no storage {rse}.",
        code="unknown_rse",
        hint="Choose one from the list.",
        rucio=error.rucio,
    )


def _blocked(rse: str) -> Unprocessable:
    return Unprocessable(
        f"{rse} takes no new data at present.",
        code="rse_write_blocked",
        hint="Try again later, or choose another RSE.",
    )
