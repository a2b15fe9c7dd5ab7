"""User name and password."""

from __future__ import annotations

import httpx

from rucio_jupyterlab.client import faults
from rucio_jupyterlab.client.auth.answers import token_of
from rucio_jupyterlab.client.auth.authenticator import Standing, Token
from rucio_jupyterlab.client.auth.headers import header_bytes
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest


class UserpassAuthenticator:
    """``account`` None or empty: Rucio takes the only account that this identity has.

    Raises:
        BadRequest: a part is empty, or no HTTP header can carry it.
    """

    def __init__(
        self, instance: Instance, username: str, password: str, account: str | None = None
    ) -> None:
        for label, value in (("user name", username), ("password", password)):
            if not value:
                raise BadRequest(f"The {label} is missing.", code="invalid_credentials_format")
        self._instance = instance
        self._username = username
        self._account = account or None
        self._headers = {
            b"X-Rucio-Username": header_bytes(username, "user name"),
            b"X-Rucio-Password": header_bytes(password, "password"),
        }
        if account:
            self._headers[b"X-Rucio-Account"] = header_bytes(account, "account")

    def __repr__(self) -> str:
        return f"<UserpassAuthenticator {self.describe()}>"

    def describe(self) -> str:
        account = f" for account {self._account}" if self._account else ""
        return f"user {self._username}{account} at {self._instance.name}"

    def secrets(self) -> tuple[str, str]:
        """User name and password, for a child process that signs in by itself."""
        return self._username, self._headers[b"X-Rucio-Password"].decode("latin-1")

    async def look(self) -> Standing:
        """A password ends when Rucio says so."""
        return Standing(identity=self._username)

    async def login(self, http: httpx.AsyncClient) -> Token:
        """As ``Authenticator.login``."""
        url = f"{self._instance.rucio_auth_url}/auth/userpass"
        try:
            answer = await http.get(url, headers=list(self._headers.items()))
        except httpx.HTTPError as error:
            raise faults.from_transport(error, self._instance, url) from None
        return token_of(
            answer,
            self._instance,
            self._account,
            what="this user name and password",
            hint="Check them, and the account; capital letters matter.",
        )
