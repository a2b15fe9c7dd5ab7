"""All instances of a server: from the configuration and from the environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

from rucio_jupyterlab.config import schema, values
from rucio_jupyterlab.config.environment import instance_from_environment
from rucio_jupyterlab.config.instance import (
    REMOTE_KEY,
    AuthType,
    Instance,
    parse_instance,
    problem_of,
)
from rucio_jupyterlab.config.tls import ca_file_problem
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.errors import ConfigurationError, KeyProblem


@dataclass(frozen=True)
class ConfiguredInstance:
    """An instance, or the reason why there is none.

    ``remote_url`` is set when the rest of the keys come from there (``$url``): until that has been
    fetched, ``instance`` and ``problem`` are both None. Else exactly one of them is set.
    ``local_keys`` are what the operator wrote, without keys that are left empty.
    """

    name: str
    display_name: str
    instance: Instance | None = None
    problem: ConfigurationError | None = None
    remote_url: str | None = None
    local_keys: Mapping[str, object] | None = None


@dataclass(frozen=True)
class Configuration:
    """All that is configured, as it was read at one moment."""

    instances: Sequence[ConfiguredInstance] = ()
    default_instance: str | None = None
    default_auth_type: AuthType = "userpass"


def load_configuration(config: RucioConfig, environ: Mapping[str, str]) -> Configuration:
    """Looks at CA files on the way: where the event loop runs, call it in a thread."""
    default_auth_type = cast("AuthType", config.default_auth_type)
    return Configuration(
        load_instances(config.instances, environ, default_auth_type=default_auth_type),
        config.default_instance,
        default_auth_type,
    )


def load_instances(
    raw_instances: object,
    environ: Mapping[str, str],
    *,
    default_auth_type: AuthType = "userpass",
) -> list[ConfiguredInstance]:
    """Never raises: what is wrong with one instance is its ``problem`` and does not touch the
    others.

    ``raw_instances`` should be a list of mappings, and is whatever stands in the configuration.
    Names are unique in the result: a second instance of one name comes as “name (2)”, with a
    problem.
    """
    raw = list(raw_instances) if isinstance(raw_instances, (list, tuple)) else [raw_instances]
    names = {_label(entry.get("name")) for entry in raw if isinstance(entry, Mapping)}
    from_environment = instance_from_environment(environ)
    if from_environment is not None and from_environment["name"] not in names:
        raw.append(from_environment)
    found: list[ConfiguredInstance] = []
    taken: set[str] = set()
    for position, entry in enumerate(raw, start=1):
        configured = _configured(entry, position, default_auth_type)
        if configured.name in taken:
            configured = _renamed(configured, taken)
        taken.add(configured.name)
        found.append(configured)
    return found


def checked(
    keys: Mapping[str, object], name: str, display_name: str, default_auth_type: AuthType
) -> ConfiguredInstance:
    """The instance that these keys describe, its files looked at, or its problem."""
    try:
        instance = parse_instance(keys, default_auth_type=default_auth_type)
    except ConfigurationError as error:
        return ConfiguredInstance(name, display_name, problem=error)
    problem = ca_file_problem(instance.display_name, instance.rucio_ca_cert)
    if problem is not None:
        return ConfiguredInstance(name, display_name, problem=problem)
    return ConfiguredInstance(name, display_name, instance=instance)


def _configured(entry: object, position: int, default_auth_type: AuthType) -> ConfiguredInstance:
    fallback = f"instance {position}"
    if not isinstance(entry, Mapping):
        reason = f"is {schema.shown(entry)}, expected an object with name, display_name and so on"
        problem = problem_of(fallback, [KeyProblem(f"instances[{position - 1}]", reason)])
        return ConfiguredInstance(fallback, fallback, problem=problem)
    name = _label(entry.get("name")) or fallback
    display_name = _label(entry.get("display_name")) or name
    keys = schema.tidied(entry)
    if REMOTE_KEY not in keys:
        return replace(checked(keys, name, display_name, default_auth_type), local_keys=keys)
    problems = schema.problems(keys, are_complete=False) or _address_problems(keys[REMOTE_KEY])
    if problems:
        problem = problem_of(display_name, problems)
        return ConfiguredInstance(name, display_name, problem=problem, local_keys=keys)
    return ConfiguredInstance(name, display_name, remote_url=keys[REMOTE_KEY], local_keys=keys)


def _address_problems(url: str) -> list[KeyProblem]:
    try:
        values.address(url)
    except ValueError:
        return [schema.not_as_expected((REMOTE_KEY,), url)]
    return []


def _renamed(configured: ConfiguredInstance, taken: set[str]) -> ConfiguredInstance:
    count = 2
    while f"{configured.name} ({count})" in taken:
        count += 1
    problem = problem_of(
        configured.display_name,
        [KeyProblem("name", f"is “{configured.name}”, which is there twice")],
    )
    return ConfiguredInstance(
        f"{configured.name} ({count})", configured.display_name, problem=problem
    )


def _label(value: object) -> str:
    return value.strip()[:200] if isinstance(value, str) else ""
