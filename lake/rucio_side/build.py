"""Builds the catalogue and the sample data; on a later start, says where everything is now.

Run by ``lake up`` before the server starts.
"""

from __future__ import annotations

import subprocess
import sys

from lake.endpoints import current_state, read_endpoints
from lake.state import write_json


def main() -> int:
    state = current_state()
    options = state.read_options()
    assert options is not None
    is_new = not state.built_file.exists()
    writer = None
    if is_new and options.seed:
        writer = subprocess.Popen([sys.executable, "-m", "lake.rucio_side.seed.files"])
    # Importing Rucio takes as long as writing the sample files: only now, so that both go on side
    # by side.
    from lake.rucio_side import tables  # noqa: PLC0415

    if is_new:
        tables.create_tables()
        tables.create_accounts()
    endpoints = read_endpoints(state)
    tables.create_sites(endpoints["protocols"])
    tables.write_endpoints(endpoints)
    examples: dict[str, object] = {}
    if writer is not None:
        from lake.rucio_side.seed.catalogue import EXAMPLES  # noqa: PLC0415
        from lake.rucio_side.seed.register import register  # noqa: PLC0415

        if writer.wait() != 0:
            print("Writing the sample files failed.", file=sys.stderr)
            return 1
        register(state)
        examples = EXAMPLES
    if is_new:
        write_json(state.built_file, {"examples": examples})
    return 0


if __name__ == "__main__":
    sys.exit(main())
