"""Where certificates and proxies lie unless somebody says otherwise, as grid tools have it."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def usual_proxy(environ: Mapping[str, str]) -> Path:
    """``$X509_USER_PROXY``, else ``/tmp/x509up_u<uid>``; whether it is there is not looked at."""
    named = environ.get("X509_USER_PROXY", "").strip()
    return Path(named) if named else Path(f"/tmp/x509up_u{os.geteuid()}")  # noqa: S108


def usual_certificate(environ: Mapping[str, str]) -> tuple[Path, Path]:
    """``$X509_USER_CERT`` and ``$X509_USER_KEY``, else those of ``~/.globus``."""
    globus = Path(environ.get("HOME") or "~").expanduser() / ".globus"
    certificate = environ.get("X509_USER_CERT", "").strip()
    key = environ.get("X509_USER_KEY", "").strip()
    if certificate:
        return Path(certificate), Path(key or certificate)
    return globus / "usercert.pem", globus / "userkey.pem"
