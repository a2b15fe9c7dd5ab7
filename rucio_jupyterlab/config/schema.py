"""What an instance may hold, as ``instance.schema.json`` says (JSON Schema, draft 2020-12).

The schema is the one place for keys, types and the words for them: it is what checks a
configuration, what operators can check theirs with, and what the tables in docs/operators are made
of. Of its annotations, ``x-expected`` follows the word "expected", and ``x-because`` says why a key
is needed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, cast

from rucio_jupyterlab.errors import KeyProblem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA_FILE = "instance.schema.json"
# What is needed beside ``$url``, where all else may come from there.
LOCAL_KEYS = frozenset({"name", "display_name"})

Path = tuple[str | int, ...]


@cache
def document() -> Mapping[str, Any]:
    """The schema itself."""
    text = files("rucio_jupyterlab.config").joinpath(SCHEMA_FILE).read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def properties() -> Mapping[str, Mapping[str, Any]]:
    """The known keys in the order of the schema, each with all that is said of it."""
    return {key: _node((key,)) for key in document()["properties"]}


def is_absent(value: object) -> bool:
    """Null and the empty text, which is what templates leave of a value that is not set."""
    return value is None or (isinstance(value, str) and not value.strip())


def tidied(raw: Mapping[Any, object]) -> dict[str, Any]:
    """As the schema wants it: without absent keys and without space around texts; words of which
    the schema lists all in small letters; lists and objects as JSON has them.
    """
    found: dict[str, Any] = _tidied(raw, document())
    return found


def problems(keys: Mapping[str, object], *, are_complete: bool = True) -> list[KeyProblem]:
    """What is wrong with tidied keys, each key once.

    ``are_complete`` False: more keys are to come from ``$url``, so that few can be missing yet.
    """
    found: dict[str, KeyProblem] = {}
    for error in _validator().iter_errors(keys):
        for path, reason in _reasons(error, are_complete=are_complete):
            key = written(path)
            found.setdefault(key, KeyProblem(key, reason))
    return list(found.values())


def unknown_keys(keys: Mapping[str, Any]) -> list[str]:
    """A sentence without its end for each key that the schema does not have."""
    unknown = list(_unknown(keys, ()))
    for key in ("destinations", "scratch"):
        for position, entry in enumerate(_list(keys.get(key))):
            if isinstance(entry, Mapping):
                unknown += _unknown(entry, (key, position))
    return unknown


def not_as_expected(path: Path, value: object) -> KeyProblem:
    """The problem of a value that is not what its key wants."""
    return KeyProblem(written(path), f"is {shown(value)}, expected {_node(path)['x-expected']}")


def written(path: Iterable[str | int]) -> str:
    """As in ``destinations[0].mount_path``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def shown(value: object) -> str:
    """Without what may be a secret: what stands before an ``@``, and all of an address that follows
    its path.
    """
    text = repr(value)
    is_address = "://" in text
    if "@" in text:
        text = "…@" + text.rpartition("@")[2]
    if is_address:
        text = re.sub(r"[?#].*", "…", text, flags=re.DOTALL)
    return text if len(text) <= 60 else text[:59] + "…"


@cache
def _validator() -> Draft202012Validator:
    # It takes more than a second, and workers, which check no configuration, do without.
    from jsonschema import Draft202012Validator  # noqa: PLC0415

    return Draft202012Validator(document())


def _reasons(error: ValidationError, *, are_complete: bool) -> Iterator[tuple[Path, str]]:
    path: Path = tuple(error.absolute_path)
    if error.validator != "required":
        yield path, not_as_expected(path, error.instance).reason
        return
    rule = cast("Mapping[str, Any]", error.schema)
    because = f", {rule['x-because']}" if "x-because" in rule else ""
    there = cast("Mapping[str, Any]", error.instance)
    for key in rule["required"]:
        if key not in there and (are_complete or key in LOCAL_KEYS or path):
            yield (*path, key), f"is missing{because}"


def _unknown(keys: Mapping[str, object], path: Path) -> Iterator[str]:
    known = _node(path)["properties"]
    for key in sorted(keys.keys() - known.keys()):
        near = get_close_matches(key, known, n=1)
        meant = f" (perhaps {near[0]} is meant)" if near else ""
        yield f"{written((*path, key[:60]))} is not a known key and is ignored{meant}"


def _tidied(value: Any, node: Mapping[str, Any]) -> Any:
    node = _resolved(node)
    if isinstance(value, str):
        text = value.strip()
        return text.lower() if "enum" in node else text
    if isinstance(value, (list, tuple)) and "items" in node:
        return [_tidied(item, node["items"]) for item in value]
    if isinstance(value, Mapping) and "properties" in node:
        return {
            str(key): _tidied(item, node["properties"].get(key, {}))
            for key, item in value.items()
            if not is_absent(item)
        }
    return value


def _node(path: Sequence[str | int]) -> Mapping[str, Any]:
    """What the schema says at a place, what it refers to included."""
    node = _resolved(document())
    for step in path:
        node = _resolved(node["items"] if isinstance(step, int) else node["properties"][step])
    return node


def _resolved(node: Mapping[str, Any]) -> Mapping[str, Any]:
    if "$ref" not in node:
        return node
    return {**document()["$defs"][node["$ref"].removeprefix("#/$defs/")], **node}


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
