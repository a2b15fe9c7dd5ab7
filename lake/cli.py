"""The commands of ``python -m lake``."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from lake.bulk import register_bulk
from lake.down import stop_lake
from lake.environment import ensure_environment
from lake.errors import LakeError
from lake.process import Supervisor
from lake.state import Options, State, default_state_dir
from lake.up import Started, start_lake


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; 0 when it did what it says, else 1 and a sentence on standard error."""
    options = _parser().parse_args(arguments)
    state = State(Path(options.state).absolute())
    try:
        code: int = options.command(state, options)
    except LakeError as error:
        print(f"lake: {error}", file=sys.stderr)
        if tail := error.tail():
            print(f"--- the end of {error.log}\n{tail}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever reads the output has seen enough.
        return 0
    except PermissionError as error:
        print(f"lake: {error}. Choose a folder of your own with --state.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lake: interrupted; what had been started was ended.", file=sys.stderr)
        return 130
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m lake", description="A complete data lake on this machine."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument(
        "--state", default=default_state_dir(), help="the lake's folder (default: %(default)s)"
    )
    install = commands.add_parser(
        "install", parents=[shared], help="install the Rucio server, which up does too"
    )
    install.set_defaults(command=_install)
    up = commands.add_parser("up", parents=[shared], help="start the lake in the background")
    up.add_argument("--storage", choices=("posix", "xrootd"), default="posix")
    up.add_argument("--db", choices=("sqlite", "postgres"), default="sqlite")
    up.add_argument(
        "--no-seed", action="store_true", help="an empty catalogue: sites and accounts only"
    )
    up.add_argument("--tls", action="store_true", help="over HTTPS too, with client certificates")
    up.add_argument(
        "--repair-after",
        metavar="SECONDS",
        type=_positive,
        default=Options.repair_after_s,
        help="how long what is stuck stays so before it is retried (default: %(default)s); a lake "
        "that is up keeps its own",
    )
    up.set_defaults(command=_up)
    down = commands.add_parser("down", parents=[shared], help="end the lake; its data stay")
    down.add_argument("--delete", action="store_true", help="delete its data too")
    down.set_defaults(command=_down)
    status = commands.add_parser(
        "status", parents=[shared], help="say what runs; exit 1 when it is not up"
    )
    status.set_defaults(command=_status)
    bulk = commands.add_parser(
        "bulk",
        parents=[shared],
        help="register a dataset of N files without bytes, for tests of scale",
    )
    bulk.add_argument("files", metavar="N", type=_positive)
    bulk.add_argument("--name", help="of the dataset (default: one that says what is in it)")
    bulk.add_argument("--scope", default="bulk", help="(default: %(default)s)")
    bulk.add_argument(
        "--where", choices=("source", "both"), default="both", help="at the destination too, or not"
    )
    bulk.add_argument("--rule", action="store_true", help="with a satisfied rule of alice's")
    bulk.set_defaults(command=_bulk)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number


def _install(_state: State, _options: argparse.Namespace) -> int:
    ensure_environment(print)
    return 0


def _up(state: State, options: argparse.Namespace) -> int:
    wanted = Options(
        storage=options.storage,
        db=options.db,
        seed=not options.no_seed,
        tls=options.tls,
        repair_after_s=options.repair_after,
    )
    started = start_lake(state, wanted, print)
    print(_summary(started, state))
    return 0


def _down(state: State, options: argparse.Namespace) -> int:
    if not state.root.exists():
        print(f"There is no lake in {state.root}.")
        return 0
    ended = stop_lake(state)
    print(
        f"The lake in {state.root} has ended."
        if ended
        else f"The lake in {state.root} was not running."
    )
    if options.delete:
        state.delete_contents()
        print("Its data are deleted.")
    return 0


def _status(state: State, _options: argparse.Namespace) -> int:
    running = Supervisor(state).running()
    for process in running:
        print(f"{process.name:20} running, process {process.pid}")
    if not running or not state.connection_file.exists():
        print(
            f"The lake in {state.root} is not up. "
            f"Start it with: python -m lake up --state {state.root}"
        )
        return 1
    print(_summary(Started(json.loads(state.connection_file.read_text()), True, 0.0), state))
    return 0


def _bulk(state: State, options: argparse.Namespace) -> int:
    print(
        register_bulk(
            state,
            options.files,
            name=options.name,
            scope=options.scope,
            where=options.where,
            has_rule=options.rule,
        )
    )
    return 0


def _summary(started: Started, state: State) -> str:
    lake = started.connection
    alice = lake["accounts"]["alice"]
    destination = lake["rses"][lake["destination"]]
    tls = lake.get("tls")
    over_tls = (
        [
            f"  over TLS     {tls['rucio_url']}, signing in at {tls['auth_url']}",
            f"  certificates {Path(tls['ca_file']).parent}",
        ]
        if tls
        else []
    )
    how = "was up already" if started.was_running else f"is up, in {started.seconds:.1f} s"
    return "\n".join(
        [
            f"The lake {how}: {lake['storage']} storage, catalogue on {lake['db']}.",
            f"  Rucio        {lake['rucio_url']}",
            *over_tls,
            f"  sign in as   {alice['username']} with password {alice['password']}",
            f"  tokens from  {lake['oidc']['token_url']}",
            f"  destination  {lake['destination']}, mounted at {destination['mount_path']}",
            f"  everything   {state.connection_file}",
        ]
    )
