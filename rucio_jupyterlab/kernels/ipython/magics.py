"""``%rucio``: the lake in a cell. Its work is done by the package's Python API, imported on use."""

from __future__ import annotations

import argparse
import importlib
import shlex
from itertools import islice
from typing import Any, NoReturn

from rucio_jupyterlab.kernels.ipython import completing, headless
from rucio_jupyterlab.kernels.notebook import Attachment, NotebookError

NAME = "rucio"
MOST_LISTED = 50
_UNTIL_IT_IS_HERE = -1.0


class Wrong(Exception):
    """What was typed cannot be understood. The text says why."""


def register(shell: Any) -> None:
    """Gives the shell the magic and its completion."""

    def rucio(line: str) -> Any:
        """Rucio in a cell; ``%rucio help`` says what it can do."""
        return run(shell, line)

    shell.register_magic_function(rucio, "line", NAME)
    shell.set_hook("complete_command", completing.complete, str_key=NAME)
    shell.set_hook("complete_command", completing.complete, str_key=f"%{NAME}")


def run(shell: Any, line: str) -> Any:
    """Does it, and returns what ``x = %rucio …`` assigns.

    Raises:
        UsageError: IPython's, whose text alone is shown.
    """
    from IPython.core.error import UsageError  # noqa: PLC0415 - an import of this needs no IPython

    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(f"%rucio: {error}.") from None
    try:
        asked = _parser().parse_args(words or ["help"])
        return asked.act(shell, asked)
    except (Wrong, NotebookError) as error:
        raise UsageError(f"%rucio: {error}") from None


class _Parser(argparse.ArgumentParser):
    """Neither writes to the terminal's error output nor ends the kernel."""

    def error(self, message: str) -> NoReturn:
        raise Wrong(f"{message}\n{self.format_usage()}")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        raise Wrong(message or "")


class _Wide(argparse.HelpFormatter):
    """A kernel has no terminal whose width it could know."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


def _parser() -> _Parser:
    parser = _Parser(prog="%rucio", add_help=False, formatter_class=_Wide)
    actions = parser.add_subparsers(metavar="ACTION", dest="action", parser_class=_Parser)

    def action(name: str, act: Any, text: str) -> argparse.ArgumentParser:
        added = actions.add_parser(name, description=text, add_help=False, formatter_class=_Wide)
        added.set_defaults(act=act, actions=actions.choices)
        return added

    search = action("search", _search, "DIDs that fit a pattern such as demo:*2021*")
    search.add_argument("pattern", metavar="SCOPE:NAME")
    search.add_argument("--type", default="collection", help="all, collection, dataset, file, …")
    search.add_argument("--filter", action="append", metavar="CONDITIONS", dest="filters")
    search.add_argument("-n", "--limit", type=int)

    attach = action("attach", _attach, "a DID as a variable: attach demo:dimuon_2021 as dimuon")
    attach.add_argument("did", metavar="SCOPE:NAME")
    attach.add_argument("as_", choices=["as"], metavar="as")
    attach.add_argument("variable_name", metavar="VARIABLE")
    _waiting_options(attach)

    listing = action("ls", _list, "scopes; the DIDs of a scope; what is in a collection")
    listing.add_argument("what", nargs="?", metavar="SCOPE|SCOPE:NAME")
    listing.add_argument("-n", "--limit", type=int, default=MOST_LISTED)

    upload = action("upload", _upload, "files and folders from here to the lake")
    upload.add_argument("paths", nargs="+", metavar="PATH")
    upload.add_argument("--scope", required=True)
    upload.add_argument("--rse")
    upload.add_argument("--dataset", metavar="SCOPE:NAME")
    upload.add_argument("--prefix", default="")
    upload.add_argument("--lifetime", type=int, metavar="DAYS", dest="lifetime_days")
    upload.add_argument("--rename", action="store_true")

    opened = action("notebook", _notebook, "the variables that are attached in a notebook")
    opened.add_argument("path", metavar="PATH")
    _waiting_options(opened)

    action("help", _help, "this text")
    for added in (search, attach, listing, upload):
        added.add_argument("--instance", metavar="NAME")
    return parser


def _waiting_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--make-available", action="store_true")
    parser.add_argument("--wait", type=float, nargs="?", const=_UNTIL_IT_IS_HERE, metavar="SECONDS")


def _search(_shell: Any, asked: Any) -> Any:
    return _api("rucio_jupyterlab").search(
        asked.pattern,
        type=asked.type,
        filters=asked.filters,
        limit=asked.limit,
        instance=asked.instance,
    )


def _attach(shell: Any, asked: Any) -> None:
    notebooks = _api("rucio_jupyterlab.python.notebooks")
    wanted = [Attachment(asked.variable_name, asked.did, "collection", asked.instance)]
    is_waiting, timeout = _waiting(asked)
    (entry,) = notebooks.entries_for(
        wanted, is_waiting, timeout, make_available=asked.make_available
    )
    done = headless.injection_of(shell).inject([entry])
    if done.problems:
        raise Wrong(" ".join(done.problems.values()))
    print(f"{asked.variable_name} = {shell.user_ns[asked.variable_name]!r}")  # noqa: T201 - below the cell


def _list(_shell: Any, asked: Any) -> None:
    api = _api("rucio_jupyterlab.python.listing")
    shown = list(islice(api.lines(asked.what, asked.instance), asked.limit + 1))
    for line in shown[: asked.limit]:
        print(line)  # noqa: T201 - below the cell
    if len(shown) > asked.limit:
        print(f"There are more: these are the first {asked.limit:,}.")  # noqa: T201


def _upload(_shell: Any, asked: Any) -> Any:
    return _api("rucio_jupyterlab").upload(
        asked.paths,
        scope=asked.scope,
        rse=asked.rse,
        dataset=asked.dataset,
        prefix=asked.prefix,
        lifetime_days=asked.lifetime_days,
        rename=asked.rename,
        instance=asked.instance,
    )


def _notebook(shell: Any, asked: Any) -> None:
    is_waiting, timeout = _waiting(asked)
    for sentence in headless.attach(
        shell,
        asked.path,
        wait=is_waiting,
        timeout=timeout,
        make_available=asked.make_available,
    ):
        print(f"Rucio: {sentence}")  # noqa: T201 - below the cell


def _help(_shell: Any, asked: Any) -> None:
    for parser in asked.actions.values():
        usage = parser.format_usage().removeprefix("usage: ").rstrip()
        print(f"{usage}\n    {parser.description}")  # noqa: T201 - below the cell


def _waiting(asked: Any) -> tuple[bool, float | None]:
    if asked.wait is None:
        return False, None
    return True, None if asked.wait == _UNTIL_IT_IS_HERE else asked.wait


def _api(module: str) -> Any:
    """Not written as an import: the kernels part stands alone, and most kernels never need it."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise Wrong(
            f"this kernel cannot ask Rucio ({error}). Install the whole package rucio-jupyterlab "
            "in the kernel's environment."
        ) from None
