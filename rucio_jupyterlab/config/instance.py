"""One Rucio instance as an operator configured it, validated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar, cast

from rucio_jupyterlab.config import values
from rucio_jupyterlab.errors import ConfigurationError

Mode = Literal["replica", "download"]
AuthType = Literal["userpass", "x509", "x509_proxy", "oidc"]
OidcSource = Literal["env", "file"]
T = TypeVar("T")

AUTH_TYPES: tuple[AuthType, ...] = ("userpass", "x509", "x509_proxy", "oidc")

REMOTE_KEY = "$url"

KNOWN_KEYS = frozenset(
    {
        "name",
        "display_name",
        "mode",
        "rucio_base_url",
        "rucio_auth_url",
        "rucio_webui_url",
        "rucio_ca_cert",
        "site_name",
        "app_id",
        "vo",
        "voms_enabled",
        "voms_vomses_path",
        "voms_certdir_path",
        "voms_vomsdir_path",
        "destination_rse",
        "rse_mount_path",
        "path_begins_at",
        "destinations",
        "replication_rule_lifetime_days",
        "cache_expires_at",
        "wildcard_enabled",
        "oidc_auth",
        "oidc_env_name",
        "oidc_file_name",
        REMOTE_KEY,
    }
)


@dataclass(frozen=True)
class Destination:
    """A storage site that is mounted here.

    ``path_begins_at`` says how many leading pieces of a PFN's path are not below the mount; None
    means that the operator left it out, and the RSE's protocol prefix tells.
    """

    rse: str
    mount_path: str
    path_begins_at: int | None = None


@dataclass(frozen=True)
class Instance:
    """One Rucio instance, every key checked. URLs have no trailing slash; ``cache_expires_at`` is
    in seconds since 1970; ``warnings`` are sentences for the operator.
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
    replication_rule_lifetime_days: int | None = None
    wildcard_enabled: bool = False
    auth_types: tuple[AuthType, ...] = AUTH_TYPES
    default_auth_type: AuthType = "userpass"
    oidc_auth: OidcSource | None = None
    oidc_env_name: str | None = None
    oidc_file_name: str | None = None
    voms_enabled: bool = False
    voms_vomses_path: str | None = None
    voms_certdir_path: str | None = None
    voms_vomsdir_path: str | None = None
    cache_expires_at: float | None = None
    warnings: tuple[str, ...] = ()


def parse_instance(
    raw: Mapping[str, object], *, default_auth_type: AuthType = "userpass"
) -> Instance:
    """Checks one instance as it stands in the configuration.

    Raises:
        ConfigurationError: names every key that is wrong, what was found there and what is
            expected.
    """
    reader = _Reader(raw)
    name = reader.required("name", values.text) or ""
    display_name = reader.required("display_name", values.text) or name
    mode = cast(
        Mode,
        reader.required("mode", lambda value: values.choice(value, ("replica", "download")))
        or "replica",
    )
    base_url = reader.required("rucio_base_url", values.base_url) or ""
    oidc_auth = cast(
        "OidcSource | None",
        reader.optional("oidc_auth", lambda value: values.choice(value, ("env", "file"))),
    )
    oidc_env_name = reader.optional("oidc_env_name", values.text)
    oidc_file_name = reader.optional("oidc_file_name", values.file_path)
    if oidc_auth == "env" and not oidc_env_name and "oidc_env_name" not in reader.wrong:
        reader.problem("oidc_env_name is missing, which oidc_auth “env” needs")
    if oidc_auth == "file" and not oidc_file_name and "oidc_file_name" not in reader.wrong:
        reader.problem("oidc_file_name is missing, which oidc_auth “file” needs")
    auth_types = tuple(kind for kind in AUTH_TYPES if kind != "oidc" or oidc_auth)
    if default_auth_type not in auth_types:
        reader.warning(f"{default_auth_type} is the default way in, but oidc_auth is not set")
        default_auth_type = "userpass"
    instance = Instance(
        name=name,
        display_name=display_name,
        mode=mode,
        rucio_base_url=base_url,
        rucio_auth_url=reader.optional("rucio_auth_url", values.base_url) or base_url,
        rucio_webui_url=reader.optional("rucio_webui_url", values.base_url),
        rucio_ca_cert=reader.ca_file(),
        site_name=reader.optional("site_name", values.text),
        app_id=reader.optional("app_id", values.header_text),
        vo=reader.optional("vo", values.header_text),
        destinations=_destinations(reader, mode),
        replication_rule_lifetime_days=reader.optional(
            "replication_rule_lifetime_days", lambda value: values.whole_number(value, least=1)
        ),
        wildcard_enabled=reader.optional("wildcard_enabled", values.yes_or_no) or False,
        auth_types=auth_types,
        default_auth_type=default_auth_type,
        oidc_auth=oidc_auth,
        oidc_env_name=oidc_env_name,
        oidc_file_name=oidc_file_name,
        voms_enabled=reader.optional("voms_enabled", values.yes_or_no) or False,
        voms_vomses_path=reader.optional("voms_vomses_path", values.absolute_path),
        voms_certdir_path=reader.optional("voms_certdir_path", values.absolute_path),
        voms_vomsdir_path=reader.optional("voms_vomsdir_path", values.absolute_path),
        cache_expires_at=reader.optional("cache_expires_at", values.moment),
        warnings=reader.warnings(),
    )
    reader.raise_problems(display_name)
    return instance


def problem_of(label: str, problems: list[str]) -> ConfigurationError:
    """One error for all that is wrong with one instance."""
    count = f"{len(problems)} problems" if len(problems) > 1 else "a problem"
    return ConfigurationError(
        f"The configuration of “{label}” has {count}: {'; '.join(problems)}.",
        hint="Ask the operator to mend it in jupyter_server_config (RucioConfig.instances).",
    )


def _destinations(reader: _Reader, mode: Mode) -> tuple[Destination, ...]:
    """The one of the single keys first, then those of the list."""
    found: list[Destination] = []
    rse = reader.optional("destination_rse", values.text)
    mount_path = reader.optional("rse_mount_path", values.absolute_path)
    begins_at = reader.optional("path_begins_at", lambda value: values.whole_number(value, least=0))
    has_list = not values.is_absent(reader.raw.get("destinations"))
    if rse and mount_path:
        found.append(Destination(rse, mount_path, begins_at))
    elif mode == "replica" and "mode" not in reader.wrong and (rse or mount_path or not has_list):
        for key, value in (("destination_rse", rse), ("rse_mount_path", mount_path)):
            if value is None and key not in reader.wrong:
                reader.problem(f"{key} is missing, which replica mode needs")
    if has_list:
        found.extend(_listed_destinations(reader))
    seen: set[str] = set()
    for destination in found:
        if destination.rse in seen:
            reader.problem(f"the destination {destination.rse} is there twice")
        seen.add(destination.rse)
    return tuple(found)


def _listed_destinations(reader: _Reader) -> list[Destination]:
    listed = reader.raw["destinations"]
    if not isinstance(listed, (list, tuple)):
        reader.problem(f"destinations is {_shown(listed)}, expected a list")
        return []
    found: list[Destination] = []
    for position, entry in enumerate(listed):
        where = f"destinations[{position}]"
        if not isinstance(entry, Mapping):
            reader.problem(f"{where} is {_shown(entry)}, expected rse and mount_path")
            continue
        item = _Reader(entry, prefix=f"{where}.", known=_DESTINATION_KEYS)
        rse = item.required("rse", values.text)
        mount_path = item.required("mount_path", values.absolute_path)
        begins_at = item.optional(
            "path_begins_at", lambda value: values.whole_number(value, least=0)
        )
        reader.take_from(item)
        if rse and mount_path:
            found.append(Destination(rse, mount_path, begins_at))
    return found


_DESTINATION_KEYS = frozenset({"rse", "mount_path", "path_begins_at"})


class _Reader:
    """Reads keys and gathers what is wrong, so that an operator sees all of it at once."""

    def __init__(
        self,
        raw: Mapping[str, object],
        *,
        prefix: str = "",
        known: frozenset[str] = KNOWN_KEYS,
    ) -> None:
        self.raw = raw
        self.wrong: set[str] = set()
        self._prefix = prefix
        self._problems: list[str] = []
        unknown = sorted(str(key) for key in raw if key not in known)
        self._warnings = [
            f"{prefix}{key[:60]} is not a known key and is ignored" for key in unknown
        ]

    def required(self, key: str, read: Callable[[object], T]) -> T | None:
        if values.is_absent(self.raw.get(key)):
            self.wrong.add(key)
            self.problem(f"{self._prefix}{key} is missing")
            return None
        return self.optional(key, read)

    def optional(self, key: str, read: Callable[[object], T]) -> T | None:
        value = self.raw.get(key)
        if values.is_absent(value):
            return None
        try:
            return read(value)
        except values.BadValue as error:
            self.wrong.add(key)
            self.problem(f"{self._prefix}{key} is {_shown(value)}, expected {error}")
            return None

    def ca_file(self) -> str | None:
        value = self.raw.get("rucio_ca_cert")
        if value is True:
            return None
        if value is False:
            self.problem(
                "rucio_ca_cert is false, but verification cannot be switched off: "
                "expected the file of the CA"
            )
            return None
        return self.optional("rucio_ca_cert", values.file_path)

    def problem(self, text: str) -> None:
        self._problems.append(text)

    def warning(self, text: str) -> None:
        self._warnings.append(text)

    def warnings(self) -> tuple[str, ...]:
        return tuple(self._warnings)

    def take_from(self, other: _Reader) -> None:
        self._problems.extend(other._problems)
        self._warnings.extend(other._warnings)

    def raise_problems(self, label: str) -> None:
        if self._problems:
            raise problem_of(label or "an instance without a name", self._problems)


def _shown(value: object) -> str:
    """Without what stands before an ``@``: it may be a password."""
    text = repr(value)
    if "@" in text:
        text = "…@" + text.rpartition("@")[2]
    return text if len(text) <= 60 else text[:59] + "…"
