"""Where a provided token comes from: a file or a variable of the server's environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path

from rucio_jupyterlab.client.auth import pem
from rucio_jupyterlab.client.auth.authenticator import Standing
from rucio_jupyterlab.client.auth.oidc_token import OidcToken, parse_token
from rucio_jupyterlab.client.auth.watched_files import WatchedFiles
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import UnusableCredentials

RESUME_HINT = "As soon as there is a fresh one, work goes on by itself."


@dataclass(frozen=True)
class Provided:
    """``token`` is empty where the standing has a problem."""

    standing: Standing
    token: str = field(default="", repr=False)


class OidcSource:
    """The token of an instance. It may be replaced at any moment, and is read again then.

    ``oidc_auth`` names the place. A variable cannot be renewed while the server runs: where a file
    is configured beside it, that one counts once the variable's token is over.
    """

    def __init__(self, instance: Instance, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._variable = instance.oidc_env_name if instance.oidc_auth == "env" else None
        self._token_of_file = ""
        self._file = (
            self._watched(Path(instance.oidc_file_name)) if instance.oidc_file_name else None
        )

    async def read(self) -> Provided:
        """What is there now. Never raises."""
        of_variable = self._of_variable()
        if of_variable is not None and of_variable.standing.problem is None:
            return of_variable
        if self._file is not None:
            standing = await self._file.look()
            if standing.problem is None or of_variable is None:
                return Provided(standing, "" if standing.problem else self._token_of_file)
        return of_variable or Provided(Standing(problem=_unconfigured()))

    def _of_variable(self) -> Provided | None:
        if self._variable is None:
            return None
        where = f"the environment variable {self._variable}"
        text = self._environ.get(self._variable, "")
        try:
            if not text.strip():
                raise UnusableCredentials(
                    f"No token is provided in {where}.", code="token_missing", hint=RESUME_HINT
                )
            token = _parsed(text, where)
        except UnusableCredentials as problem:
            return Provided(Standing(problem=problem, where=where))
        if token.expires_at is not None and token.expires_at <= datetime.now(timezone.utc):
            return Provided(_standing(token, where, _over(where, token.expires_at)))
        return Provided(_standing(token, where), token.value)

    def _watched(self, path: Path) -> WatchedFiles:
        return WatchedFiles([path], lambda: self._read(path), lambda end: _over(str(path), end))

    def _read(self, path: Path) -> Standing:
        data = pem.read_file(
            path,
            what="token",
            missing="token_missing",
            unusable="token_unreadable",
            hint=RESUME_HINT,
        )
        token = _parsed(data.decode("utf-8", "replace"), str(path))
        self._token_of_file = token.value
        return _standing(token, str(path))


def _standing(token: OidcToken, where: str, problem: UnusableCredentials | None = None) -> Standing:
    return Standing(
        identity=token.identity,
        expires_at=token.expires_at,
        problem=problem,
        where=where,
        issuer=token.issuer,
        mark=pem.mark(token.value.encode()),
    )


def _parsed(text: str, where: str) -> OidcToken:
    try:
        return parse_token(text)
    except ValueError as error:
        raise UnusableCredentials(
            f"There is no token in {where}: {error}.",
            code="token_unreadable",
            hint="It is provided by the Hub or by your operator: tell them.",
        ) from None


def _over(where: str, end: datetime) -> UnusableCredentials:
    return UnusableCredentials(
        f"The token in {where} ended on {end:%Y-%m-%d at %H:%M} UTC.",
        code="token_expired",
        hint=RESUME_HINT,
    )


def _unconfigured() -> UnusableCredentials:
    return UnusableCredentials(
        "No place for a token is configured.",
        code="token_missing",
        hint="Ask the operator to set oidc_auth.",
    )
