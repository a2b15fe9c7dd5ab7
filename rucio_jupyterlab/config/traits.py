"""``c.RucioConfig`` of ``jupyter_server_config``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from traitlets import Any as AnyTrait
from traitlets import Bool, Float, Int, List, Unicode, Union, default, validate
from traitlets.config import LoggingConfigurable

from rucio_jupyterlab.config.environment import defaults_from_environment
from rucio_jupyterlab.config.instance import AUTH_TYPES
from rucio_jupyterlab.config.schema import is_absent

LOG_LEVELS = ("debug", "info", "warning", "error", "critical")
STORES = ("auto", "keyring", "file", "never")
REQUEST_TIMEOUT_S = 30.0
JOBS_AT_ONCE = 3
FILES_AT_ONCE = 4
JOB_HISTORY_DAYS = 30


class RucioConfig(LoggingConfigurable):
    """Which Rucio instances users of this server can reach, and how.

    Nothing here is refused: a mistake must not keep Jupyter from starting. A wrong instance becomes
    one that shows its problem, a wrong word is replaced by the default, with a warning in the log.
    """

    instances = Union(
        [List(), AnyTrait()],
        config=True,
        help="""
        The Rucio instances that users can choose from, each a dict. Required keys: ``name`` (an
        identifier), ``display_name`` (what users read), ``mode`` ("replica": data come through a
        mounted storage; "download": they are copied to the user's disk), ``rucio_base_url``. In
        replica mode also ``destination_rse`` and ``rse_mount_path``. All keys are in the schema
        ``instance.schema.json`` beside this module, and in docs/operators/configuration.md. With
        ``$url``, keys come from that address as JSON. RUCIO_NAME, RUCIO_BASE_URL and further
        variables describe one more. Default: none.
        """,
    )

    default_instance = Union(
        [Unicode(allow_none=True), AnyTrait()],
        config=True,
        help="""
        The ``name`` of the instance that is chosen at first. Empty or None: RUCIO_DEFAULT_INSTANCE,
        or else the first one.
        """,
    )

    default_auth_type = Union(
        [Unicode(), AnyTrait()],
        config=True,
        help="""
        How users sign in unless they choose otherwise: userpass, x509, x509_proxy or oidc. An
        instance's own ``auth_type`` wins. Empty or None: RUCIO_DEFAULT_AUTH_TYPE, or "userpass".
        """,
    )

    log_level = Union(
        [Unicode(), AnyTrait()],
        config=True,
        help="""
        What this extension logs at least: debug, info, warning, error or critical. Empty or None:
        RUCIO_LOG_LEVEL, or "warning".
        """,
    )

    request_timeout_s = Union(
        [Float(), AnyTrait()],
        config=True,
        help="""
        After how many seconds of silence a request to Rucio is given up. Default: 30. Requests that
        are known to take Rucio long (a new rule, the replicas of many files) have longer limits of
        their own.
        """,
    )

    download_folder = Union(
        [Unicode(), AnyTrait()],
        config=True,
        help="""
        Where downloads go: below it, each instance has ``<name>/downloads``. "~" is the home folder
        of whom the server runs as. Default: "~/rucio".
        """,
    )

    jobs_at_once = Union(
        [Int(), AnyTrait()],
        config=True,
        help="""
        How many downloads and uploads run at the same time; the others wait in order. Default: 3.
        """,
    )

    files_at_once = Union(
        [Int(), AnyTrait()],
        config=True,
        help="""
        How many files each of them moves at the same time. Default: 4.
        """,
    )

    job_history_days = Union(
        [Int(), AnyTrait()],
        config=True,
        help="""
        For how many days ended downloads and uploads stay in the list of transfers. Default: 30.
        """,
    )

    picker_root = Union(
        [Unicode(allow_none=True), AnyTrait()],
        config=True,
        help="""
        The folder of the server below which users may look for a certificate or a token; they see
        names, sizes and dates there, never contents. "~" is the home folder of whom the server runs
        as, "/" is everything that user can read. Empty or None: no looking, paths are typed.
        Default: "~".
        """,
    )

    store_credentials = Union(
        [Unicode(), AnyTrait()],
        config=True,
        help="""
        Where credentials that users type outlive the server. "auto": passwords and passphrases in
        the system's keyring where there is one, else in files that the user alone can read, below
        Jupyter's data folder. "keyring": passwords and passphrases in the keyring or nowhere.
        "file": in those files. "never": in memory only, until the server ends. Default: "auto".
        """,
    )

    allow_typing_credentials = Union(
        [Bool(), AnyTrait()],
        config=True,
        help="""
        Whether credentials, and paths of such, may be sent from the browser. False where the server
        is provided with all that its user needs, as under a Hub. Default: true.
        """,
    )

    @default("store_credentials")
    def _store_where_it_is_best(self) -> str:
        return "auto"

    @validate("store_credentials")
    def _known_store(self, proposal: Any) -> str:
        # A limit that is not understood must not become a wider one.
        return self._one_of(STORES, proposal["value"], "never", "store_credentials")

    @default("allow_typing_credentials")
    def _typing_is_usual(self) -> bool:
        return True

    @validate("allow_typing_credentials")
    def _usable_allow_typing(self, proposal: Any) -> bool:
        if isinstance(proposal["value"], bool):
            return proposal["value"]
        self.log.warning(
            "Rucio: allow_typing_credentials must be true or false; credentials cannot be typed"
        )
        return False

    @default("picker_root")
    def _home(self) -> str:
        return "~"

    @validate("picker_root")
    def _usable_picker_root(self, proposal: Any) -> str | None:
        value = proposal["value"]
        if value is None or value is False or value == "":
            return None
        if isinstance(value, str) and value.strip().startswith(("/", "~")):
            return value.strip()
        # A limit that is not understood must not become a wider one.
        self.log.warning("Rucio: picker_root must begin with / or ~; files cannot be chosen")
        return None

    @default("request_timeout_s")
    def _usual_request_timeout_s(self) -> float:
        return REQUEST_TIMEOUT_S

    @validate("request_timeout_s")
    def _usable_request_timeout_s(self, proposal: Any) -> float:
        value = proposal["value"]
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value > 0:
            return float(value)
        self.log.warning(
            "Rucio: request_timeout_s must be a positive number; taking %g", REQUEST_TIMEOUT_S
        )
        return REQUEST_TIMEOUT_S

    @default("download_folder")
    def _usual_download_folder(self) -> str:
        return "~/rucio"

    @validate("download_folder")
    def _usable_download_folder(self, proposal: Any) -> str:
        value = proposal["value"]
        if isinstance(value, str) and value.strip().startswith(("/", "~")):
            return value.strip()
        self.log.warning("Rucio: download_folder must begin with / or ~; taking “~/rucio”")
        return "~/rucio"

    @default("jobs_at_once")
    def _usual_jobs_at_once(self) -> int:
        return JOBS_AT_ONCE

    @default("files_at_once")
    def _usual_files_at_once(self) -> int:
        return FILES_AT_ONCE

    @default("job_history_days")
    def _usual_job_history_days(self) -> int:
        return JOB_HISTORY_DAYS

    @validate("jobs_at_once", "files_at_once", "job_history_days")
    def _usable_number(self, proposal: Any) -> int:
        value, name = proposal["value"], proposal["trait"].name
        if isinstance(value, int) and not isinstance(value, bool) and value >= 1:
            return value
        usual = {
            "jobs_at_once": JOBS_AT_ONCE,
            "files_at_once": FILES_AT_ONCE,
            "job_history_days": JOB_HISTORY_DAYS,
        }[name]
        self.log.warning("Rucio: %s must be a whole number, 1 or more; taking %d", name, usual)
        return usual

    @default("instances")
    def _no_instances(self) -> list[Any]:
        return []

    @default("default_instance")
    def _instance_of_environment(self) -> str | None:
        return defaults_from_environment(os.environ).get("default_instance")

    @default("default_auth_type")
    def _auth_type_of_environment(self) -> str:
        found = defaults_from_environment(os.environ).get("default_auth_type")
        return self._one_of(AUTH_TYPES, found, "userpass", "RUCIO_DEFAULT_AUTH_TYPE")

    @validate("default_instance")
    def _name_of_instance(self, proposal: Any) -> str | None:
        value = proposal["value"]
        return self._instance_of_environment() if is_absent(value) else str(value).strip()

    @validate("default_auth_type")
    def _known_auth_type(self, proposal: Any) -> str:
        if is_absent(proposal["value"]):
            return self._auth_type_of_environment()
        return self._one_of(AUTH_TYPES, proposal["value"], "userpass", "default_auth_type")

    @default("log_level")
    def _log_level_of_environment(self) -> str:
        found = defaults_from_environment(os.environ).get("log_level")
        return self._one_of(LOG_LEVELS, found, "warning", "RUCIO_LOG_LEVEL")

    @validate("log_level")
    def _known_log_level(self, proposal: Any) -> str:
        if is_absent(proposal["value"]):
            return self._log_level_of_environment()
        return self._one_of(LOG_LEVELS, proposal["value"], "warning", "log_level")

    def _one_of(self, allowed: Sequence[str], value: object, otherwise: str, key: str) -> str:
        if value is None:
            return otherwise
        word = str(value).strip()
        if word.lower() in allowed:
            return word.lower()
        self.log.warning(
            "Rucio: %s is “%s”, expected one of %s; taking “%s”",
            key,
            word[:40],
            ", ".join(allowed),
            otherwise,
        )
        return otherwise
