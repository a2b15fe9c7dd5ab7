"""Rucio's own configuration files for this lake."""

from __future__ import annotations

import secrets
from configparser import RawConfigParser
from pathlib import Path

from lake.environment import environment_dir
from lake.postgres import Postgres
from lake.state import State, write_json
from lake.topology import AUDIENCE, ISSUER_NAME, OIDC_SCOPE, ROOT


def database_url(state: State, postgres: Postgres | None) -> str:
    """SQLAlchemy's URL of the catalogue: on `postgres`, or on SQLite when there is none."""
    if postgres is not None:
        return f"postgresql+psycopg://rucio@/rucio?host={postgres.socket_dir}"
    # A writer waits its turn this many seconds before Rucio answers that the database is locked.
    return f"sqlite:///{state.database}?timeout=30"


def write_rucio_config(state: State, *, database: str, rucio_url: str, issuer_url: str) -> None:
    """Writes ``rucio.cfg``, ``alembic.ini`` and what Rucio knows of the issuer."""
    etc = state.rucio_home / "etc"
    alembic = etc / "alembic.ini"
    _write(
        etc / "rucio.cfg",
        {
            "common": {"logdir": state.logs, "loglevel": "WARNING", "mailtemplatedir": etc},
            "client": {
                "rucio_host": rucio_url,
                "auth_host": rucio_url,
                "auth_type": "userpass",
                "username": ROOT.username,
                "password": ROOT.password,
                "account": ROOT.account,
            },
            "database": {"default": database, "pool_size": 10, "max_overflow": 20},
            # Rucio looks for a memcached at its usual port. A lake must not share one with another
            # lake, and the catalogue must be the truth at once, so it is pointed at a socket that
            # does not exist.
            # Without the second each process would remember tokens for 15 minutes by itself.
            "cache": {
                "url": f"unix:{state.root / 'no-memcached.sock'}",
                "use_external_cache_for_auth_tokens": True,
            },
            "oidc": {
                "idpsecrets": state.idp_secrets,
                "admin_issuer": ISSUER_NAME,
                "expected_audience": AUDIENCE,
                "expected_scope": OIDC_SCOPE,
            },
            "bootstrap": {
                "userpass_identity": ROOT.username,
                "userpass_pwd": ROOT.password,
                "userpass_email": "root@lake.invalid",
            },
            "policy": {
                "permission": "generic",
                "schema": "generic",
                "lfn2pfn_algorithm_default": "hash",
                "support": "this is a toy data lake on your own machine",
            },
            "conveyor": {
                "scheme": "file,root",
                "transfertool": "fts3",
                "usercert": etc / "no-certificate-over-plain-http",
                "submit_timeout": 10,
                "poll_timeout": 10,
            },
            "alembic": {"cfg": alembic},
        },
    )
    _write_idp_secrets(state, rucio_url, issuer_url)
    (site_packages,) = (environment_dir() / "lib").glob("python3*/site-packages")
    _write(
        alembic,
        {
            "alembic": {
                "script_location": site_packages / "rucio" / "db" / "sqla" / "migrate_repo",
                "sqlalchemy.url": database,
            },
            "loggers": {"keys": "root"},
            "handlers": {"keys": "console"},
            "formatters": {"keys": "plain"},
            "logger_root": {"level": "WARNING", "handlers": "console"},
            "handler_console": {
                "class": "StreamHandler",
                "args": "(sys.stderr,)",
                "formatter": "plain",
            },
            "formatter_plain": {"format": "%(levelname)s %(name)s %(message)s"},
        },
    )


def _write_idp_secrets(state: State, rucio_url: str, issuer_url: str) -> None:
    client = {
        "issuer": issuer_url,
        "client_id": "lake-rucio",
        "client_secret": secrets.token_urlsafe(),
        "redirect_uris": [f"{rucio_url}/auth/oidc_token", f"{rucio_url}/auth/oidc_code"],
    }
    write_json(state.idp_secrets, {ISSUER_NAME: {**client, "SCIM": client}})


def _write(path: Path, sections: dict[str, dict[str, object]]) -> None:
    config = RawConfigParser()
    config.read_dict(
        {name: {k: str(v) for k, v in options.items()} for name, options in sections.items()}
    )
    path.touch(mode=0o600)
    with path.open("w") as handle:
        config.write(handle)
