"""How one instance is connected to: TLS, proxies, pool, headers that go with every request."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version

import httpx

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.config.tls import tls_context
from rucio_jupyterlab.quiet_logs import keep_secrets_out_of_logs

DEFAULT_APP_ID = "rucio-jupyterlab"

# Beyond this, requests wait for a free connection: a Jupyter server has one user, Rucio has
# thousands.
MAX_CONNECTIONS = 16

# Gunicorn, which Rucio's own images run, drops idle connections after 2 s by default. Letting go of
# ours first avoids writing into a connection that is being closed.
KEEPALIVE_EXPIRY_S = 1.8


@dataclass(frozen=True)
class Timeouts:
    """Seconds. ``read_s`` is the longest silence; a stream has no limit in total."""

    connect_s: float = 5.0
    read_s: float = 30.0
    write_s: float = 10.0
    pool_s: float = 10.0

    def as_httpx(self, read_s: float | None = None) -> httpx.Timeout:
        """``read_s``: the longest silence where a request needs another one."""
        return httpx.Timeout(
            connect=self.connect_s,
            read=self.read_s if read_s is None else read_s,
            write=self.write_s,
            pool=self.pool_s,
        )


def make_http_client(
    instance: Instance, timeouts: Timeouts, tls: ssl.SSLContext
) -> httpx.AsyncClient:
    """The pooled client of one instance. Redirects are left to the caller, who knows where tokens
    may go.
    """
    keep_secrets_out_of_logs()
    headers = {
        "User-Agent": f"rucio-jupyterlab/{_our_version()} python-httpx/{httpx.__version__}",
        "X-Rucio-AppID": instance.app_id or DEFAULT_APP_ID,
    }
    if instance.vo:
        headers["X-Rucio-VO"] = instance.vo
    return httpx.AsyncClient(
        headers=headers,
        verify=tls,
        timeout=timeouts.as_httpx(),
        limits=httpx.Limits(
            max_connections=MAX_CONNECTIONS,
            max_keepalive_connections=MAX_CONNECTIONS,
            keepalive_expiry=KEEPALIVE_EXPIRY_S,
        ),
        # HTTPS_PROXY and NO_PROXY are honoured, but no proxy can reach what listens on this machine
        # only.
        mounts={
            "all://localhost": None,
            "all://127.0.0.1": None,
            "all://[::1]": None,
        },
        follow_redirects=False,
    )


def make_tls_context(instance: Instance, *, is_shared: bool = True) -> ssl.SSLContext:
    """Reads CA files: run it in a thread. Verification is never off.

    One that is not shared may be given a certificate to show.

    Raises:
        ConfigurationError: ``rucio_ca_cert`` cannot be read or holds no certificate.
    """
    urls = (instance.rucio_base_url, instance.rucio_auth_url)
    if instance.rucio_ca_cert is None and not any(url.startswith("https:") for url in urls):
        # Nothing will be verified with it, so the roots (some 30 ms) are not read.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return tls_context(instance.display_name, instance.rucio_ca_cert, is_shared=is_shared)


@cache
def _our_version() -> str:
    try:
        return version("rucio_jupyterlab")
    except PackageNotFoundError:
        return "unknown"
