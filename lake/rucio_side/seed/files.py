"""Writes the sample data into the storages, and their sizes and checksums for `register`."""

from __future__ import annotations

import hashlib
import shutil
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np

from lake.endpoints import current_state
from lake.paths import hash_path
from lake.rucio_side.seed.catalogue import FILES, File
from lake.rucio_side.seed.formats import WRITERS
from lake.state import State, write_json
from lake.topology import RSES_BY_NAME

SEED = 20210911


def checksums_file(state: State) -> Path:
    return state.root / "seed-checksums.json"


def write_files(state: State) -> None:
    """All files of the catalogue. The random numbers of each depend on its DID alone."""
    checksums: dict[str, dict[str, object]] = {}
    with tempfile.TemporaryDirectory(dir=state.root) as folder:
        draft = Path(folder) / "draft"
        for file in FILES:
            draft.unlink(missing_ok=True)
            WRITERS[file.content](draft, _random_for(file))
            content = draft.read_bytes()
            checksums[file.did] = {
                "bytes": len(content),
                "adler32": f"{zlib.adler32(content):08x}",
                "md5": hashlib.md5(content, usedforsecurity=False).hexdigest(),
            }
            if file.has_bytes:
                for rse in file.rses:
                    target = state.storage_path(RSES_BY_NAME[rse]) / hash_path(
                        file.scope, file.name
                    )
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(draft, target)
    write_json(checksums_file(state), checksums)


def _random_for(file: File) -> np.random.Generator:
    return np.random.default_rng([SEED, zlib.crc32(file.did.encode())])


if __name__ == "__main__":
    write_files(current_state())
    sys.exit(0)
