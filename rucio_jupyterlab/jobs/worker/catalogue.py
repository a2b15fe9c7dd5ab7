"""What Rucio knows of the DIDs that a download is to bring."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from rucio.client.client import Client
from rucio.common.client import detect_client_location

from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.errors import RucioBadAnswer
from rucio_jupyterlab.jobs.worker.downloader import Source

# Rucio takes about a millisecond for each file of a list of replicas.
FILES_IN_A_LIST = 500


@dataclass(frozen=True)
class File:
    """Checksums are None where Rucio has none."""

    did: Did
    size_bytes: int | None
    adler32: str | None
    md5: str | None


@dataclass(frozen=True)
class Target:
    """A DID that was asked for, and the files below it, each once."""

    did: Did
    type: str
    files: Sequence[File]


def target(client: Client, did: Did) -> Target:
    """
    Raises:
        RucioException: ``DataIdentifierNotFound`` and all else that Rucio answers.
    """
    known = client.get_did(did.scope, did.name)
    kind = str(known["type"]).lower()
    if kind == "file":
        columns = client.get_metadata(did.scope, did.name)
        return Target(did, kind, [_file(did, columns)])
    found: dict[Did, File] = {}
    for line in _read(client.list_files(did.scope, did.name)):
        file = Did(line["scope"], line["name"])
        found.setdefault(file, _file(file, line))
    return Target(did, kind, list(found.values()))


def sources(client: Client, files: Sequence[Did], site: str | None) -> dict[Did, list[Source]]:
    """Where each can be read, the nearest first, as Rucio sees it from ``site``; no tapes."""
    location: dict[str, Any] = dict(detect_client_location())
    if site:
        location["site"] = site
    found: dict[Did, list[Source]] = {}
    for some in _pieces(files, FILES_IN_A_LIST):
        lines = client.list_replicas(
            [{"scope": did.scope, "name": did.name} for did in some],
            client_location=location,
            ignore_availability=False,
            sort="geoip",
        )
        for line in _read(lines):
            found[Did(line["scope"], line["name"])] = _sources(line)
    return found


def _read(lines: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """
    Raises:
        RucioBadAnswer: the library gives what is no list of Rucio's as a text.
    """
    for line in lines:
        if not isinstance(line, dict):
            raise RucioBadAnswer(
                "Rucio gave a list that cannot be read.",
                hint="Try again in a moment. If it goes on, tell the operator.",
            )
        yield line


def _sources(line: dict[str, Any]) -> list[Source]:
    """In Rucio's order of preference; those in the local network before all others."""
    ranked = sorted(
        (
            (about.get("domain") != "lan", about.get("priority") or 0, pfn, about)
            for pfn, about in line["pfns"].items()
            if about.get("domain") != "zip" and about.get("type") != "TAPE"
        ),
        key=lambda item: item[:2],
    )
    return [Source(str(about["rse"]), pfn) for _, _, pfn, about in ranked]


def _file(did: Did, known: dict[str, Any]) -> File:
    size = known.get("bytes")
    return File(
        did,
        None if size is None else int(size),
        known.get("adler32") or None,
        known.get("md5") or None,
    )


def _pieces(items: Sequence[Did], size: int) -> Iterator[list[Did]]:
    rest = iter(items)
    while piece := list(islice(rest, size)):
        yield piece
