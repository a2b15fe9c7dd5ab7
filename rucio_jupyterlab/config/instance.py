"""One Rucio instance as an operator configured it, validated."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar, get_args

from rucio_jupyterlab.config import schema, values
from rucio_jupyterlab.errors import ConfigurationError, KeyProblem

Mode = Literal["replica", "download"]
AuthType = Literal["userpass", "x509", "x509_proxy", "oidc"]
OidcSource = Literal["env", "file"]
T = TypeVar("T")

AUTH_TYPES: tuple[AuthType, ...] = get_args(AuthType)

REMOTE_KEY = "$url"


@dataclass(frozen=True)
class Destination:
    """A storage site that is mounted here: data come by it or, where it is scratch, go out by it.

    ``path_begins_at`` says how many leading pieces of a PFN's path are not below the mount; None
    means that the operator left it out, and that the mount and the RSE's protocol prefix tell.
    """

    rse: str
    mount_path: str
    path_begins_at: int | None = None


@dataclass(frozen=True)
class Instance:
    """One Rucio instance, every key checked. URLs have no trailing slash; ``cache_expires_at`` is
    in seconds since 1970; ``warnings`` are sentences for the operator.

    Equal ones lead to the same Rucio in the same way: what is remembered of one is kept under the
    instance itself and not under its name, so that nothing of before a change is shown after it.
    """

    name: str
    display_name: str
    mode: Mode
    rucio_base_url: str
    rucio_auth_url: str
    rucio_webui_url: str | None = None
    rucio_ca_cert: str | None = None
    site_name: str | None = None
    app_id: str | None = None
    vo: str | None = None
    destinations: tuple[Destination, ...] = ()
    scratch: tuple[Destination, ...] = ()
    allow_download: bool = False
    replication_rule_lifetime_days: int | None = None
    wildcard_enabled: bool = False
    auth_types: tuple[AuthType, ...] = AUTH_TYPES
    default_auth_type: AuthType = "userpass"
    default_account: str | None = None
    oidc_auth: OidcSource | None = None
    oidc_env_name: str | None = None
    oidc_file_name: str | None = None
    voms_enabled: bool = False
    voms_vomses_path: str | None = None
    voms_certdir_path: str | None = None
    voms_vomsdir_path: str | None = None
    cache_expires_at: float | None = field(default=None, compare=False)
    warnings: tuple[str, ...] = field(default=(), compare=False)

    @property
    def can_download(self) -> bool:
        """Whether files may be copied to the user's own disk."""
        return self.mode == "download" or self.allow_download


def parse_instance(
    raw: Mapping[str, object], *, default_auth_type: AuthType = "userpass"
) -> Instance:
    """Checks one instance as it stands in the configuration.

    Raises:
        ConfigurationError: its details are all keys that are wrong, each with what was found there
            and what is expected.
    """
    given = schema.tidied(raw)
    keys = _Keys(given, schema.problems(given), schema.unknown_keys(given))
    name = keys.text("name") or ""
    base_url = keys.read("rucio_base_url", values.base_url) or ""
    auth_types, auth_type = _ways_in(keys, default_auth_type)
    instance = Instance(
        name=name,
        display_name=keys.text("display_name") or name,
        mode=keys.read("mode", _as_it_is) or "replica",
        rucio_base_url=base_url,
        rucio_auth_url=keys.read("rucio_auth_url", values.base_url) or base_url,
        rucio_webui_url=keys.read("rucio_webui_url", values.base_url),
        rucio_ca_cert=keys.read("rucio_ca_cert", _ca_file),
        site_name=keys.text("site_name"),
        app_id=keys.text("app_id"),
        vo=keys.text("vo"),
        destinations=_places(keys, "destinations", single=("destination_rse", "rse_mount_path")),
        scratch=_places(keys, "scratch", single=("scratch_rse", "scratch_mount_path")),
        allow_download=keys.read("allow_download", values.switch) or False,
        replication_rule_lifetime_days=keys.read(
            "replication_rule_lifetime_days", values.whole_number
        ),
        wildcard_enabled=keys.read("wildcard_enabled", values.switch) or False,
        auth_types=auth_types,
        default_auth_type=auth_type,
        default_account=keys.text("account"),
        oidc_auth=keys.read("oidc_auth", _as_it_is),
        oidc_env_name=keys.text("oidc_env_name"),
        oidc_file_name=keys.read("oidc_file_name", values.absolute_path),
        voms_enabled=keys.read("voms_enabled", values.switch) or False,
        voms_vomses_path=keys.read("voms_vomses_path", values.absolute_path),
        voms_certdir_path=keys.read("voms_certdir_path", values.absolute_path),
        voms_vomsdir_path=keys.read("voms_vomsdir_path", values.absolute_path),
        cache_expires_at=keys.read("cache_expires_at", values.moment),
        warnings=tuple(keys.warnings),
    )
    if keys.problems:
        raise problem_of(instance.display_name, keys.problems)
    return instance


def problem_of(label: str, problems: Sequence[KeyProblem]) -> ConfigurationError:
    """One error for all that is wrong with one instance."""
    count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
    said = "; ".join(f"{problem.key} {problem.reason}" for problem in problems)
    return ConfigurationError(
        f"The configuration of “{label or 'an instance without a name'}” has {count}: {said}.",
        hint="Ask the operator to mend it in jupyter_server_config (RucioConfig.instances).",
        details=problems,
    )


def _ways_in(keys: _Keys, default_auth_type: AuthType) -> tuple[tuple[AuthType, ...], AuthType]:
    """Those that are offered, and the one that comes first."""
    has_source = "oidc_auth" in keys.given
    can_work = [kind for kind in AUTH_TYPES if kind != "oidc" or has_source]
    listed: list[AuthType] | None = keys.read("auth_types", _as_it_is)
    offered = tuple(dict.fromkeys(listed or can_work))
    auth_type: AuthType | None = keys.read("auth_type", _as_it_is)
    if not (auth_type or listed or has_source) and default_auth_type == "oidc":
        keys.warnings.append("oidc is the default way in, but oidc_auth is not set")
    elif auth_type and auth_type not in offered and (auth_type != "oidc" or has_source):
        reason = f"is “{auth_type}”, which auth_types does not have"
        keys.problems.append(KeyProblem("auth_type", reason))
    first = auth_type or default_auth_type
    return offered, first if first in offered else offered[0]


def _places(keys: _Keys, several: str, *, single: tuple[str, str]) -> tuple[Destination, ...]:
    """The one of the ``single`` keys (RSE and mount) first, then those of the list."""
    found = []
    rse = keys.text(single[0])
    mount_path = keys.read(single[1], values.absolute_path)
    begins_at = None
    if several == "destinations":
        begins_at = keys.read("path_begins_at", values.whole_number)
    if rse and mount_path:
        found.append(Destination(rse, mount_path, begins_at))
    listed = [] if keys.is_wrong(several) else keys.given.get(several, [])
    for position in range(len(listed)):
        item = keys.below(several, position)
        place = Destination(
            item.text("rse") or "",
            item.read("mount_path", values.absolute_path) or "",
            item.read("path_begins_at", values.whole_number),
        )
        if any(place.rse == other.rse for other in found):
            reason = f"is “{place.rse}”, which is there twice"
            keys.problems.append(KeyProblem(f"{several}[{position}].rse", reason))
        found.append(place)
    return tuple(found)


@dataclass
class _Keys:
    """Reads tidied keys, and gathers what is wrong: an operator sees all of it at once.

    ``path`` is where they stand in the instance.
    """

    given: Mapping[str, Any]
    problems: list[KeyProblem]
    warnings: list[str]
    path: schema.Path = ()

    def text(self, key: str) -> str | None:
        found: str | None = self.read(key, _as_it_is)
        return found

    def read(self, key: str, convert: Callable[[Any], T]) -> T | None:
        """None where the key is absent or wrong."""
        if key not in self.given or self.is_wrong(key):
            return None
        try:
            return convert(self.given[key])
        except (ValueError, OverflowError):
            self.problems.append(schema.not_as_expected((*self.path, key), self.given[key]))
            return None

    def is_wrong(self, key: str) -> bool:
        place = schema.written((*self.path, key))
        return any(
            problem.key == place or problem.key.startswith(f"{place}[") for problem in self.problems
        )

    def below(self, key: str, position: int) -> _Keys:
        """The keys of one object of a list; what is wrong there is wrong here."""
        place = (*self.path, key, position)
        return _Keys(self.given[key][position], self.problems, self.warnings, place)


def _as_it_is(value: Any) -> Any:
    return value


def _ca_file(value: Any) -> str | None:
    return None if value is True else values.absolute_path(value)
