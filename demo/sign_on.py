"""What a Hub and a user would bring along: a token in a file, certificates at home."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

TOKEN_LIFETIME_S = 900
LONGEST_ANSWER_S = 10


def write_token(file: Path, oidc: Mapping[str, Any], lifetime_s: int = TOKEN_LIFETIME_S) -> None:
    """Puts a fresh token of the lake's issuer into `file`, all at once and for its owner alone."""
    answer = httpx.post(
        oidc["token_url"],
        json={"lifetime_s": lifetime_s},
        timeout=LONGEST_ANSWER_S,
        trust_env=False,
    )
    answer.raise_for_status()
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f".{file.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(answer.json()["token"] + "\n")
    temporary.replace(file)


@contextmanager
def kept_fresh(file: Path, oidc: Mapping[str, Any]) -> Iterator[None]:
    """A token in `file`, renewed long before its end, for as long as the block lasts."""
    write_token(file, oidc)
    is_over = threading.Event()

    def renew() -> None:
        while not is_over.wait(TOKEN_LIFETIME_S / 3):
            write_token(file, oidc)

    thread = threading.Thread(target=renew, name="token", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def bring_certificates(home: Path, identities: Mapping[str, Mapping[str, Any]]) -> None:
    """Alice's certificate where Globus looks for it, and further ones beside it."""
    globus = home / ".globus"
    globus.mkdir(parents=True, exist_ok=True)
    globus.chmod(0o700)
    _copy(identities["x509"]["certificate"], globus / "usercert.pem", 0o644)
    _copy(identities["x509"]["key"], globus / "userkey.pem", 0o400)
    _copy(identities["x509_proxy"]["proxy"], globus / "proxy.pem", 0o600)
    for name, identity in identities.items():
        for part in ("certificate", "key", "proxy"):
            if part in identity:
                _copy(identity[part], home / "certificates" / f"{name}_{part}.pem", 0o600)


def _copy(source: str, target: Path, mode: int) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)
    shutil.copyfile(source, target)
    target.chmod(mode)
