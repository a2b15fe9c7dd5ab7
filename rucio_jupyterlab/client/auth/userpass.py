"""User name and password."""

from __future__ import annotations

import json

import httpx

from rucio_jupyterlab.client import errors_map, faults, parsing
from rucio_jupyterlab.client.auth.headers import header_bytes
from rucio_jupyterlab.client.auth.token import Token
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, NotAuthenticated


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

    async def login(self, http: httpx.AsyncClient) -> Token:
        """
        Raises:
            NotAuthenticated: Rucio refuses them.
            BadRequest: code ``account_required`` where the identity has several accounts.
        """
        url = f"{self._instance.rucio_auth_url}/auth/userpass"
        try:
            answer = await http.get(url, headers=list(self._headers.items()))
        except httpx.HTTPError as error:
            raise faults.from_transport(error, self._instance, url) from None
        if answer.status_code == 206:
            raise self._several_accounts(answer)
        if answer.status_code == 401:
            raise NotAuthenticated(
                f"{self._instance.display_name} does not accept this user name and password"
                + (f" for the account {self._account}." if self._account else "."),
                hint="Check them, and the account; capital letters matter.",
                rucio=errors_map.fault_in(answer.headers, answer.content),
            )
        if answer.status_code != 200:
            raise errors_map.from_answer(
                self._instance, answer.status_code, answer.headers, answer.content
            )
        return token_of(answer, self._instance, self._account)

    def _several_accounts(self, answer: httpx.Response) -> BadRequest:
        try:
            accounts = ", ".join(str(account) for account in json.loads(answer.content))
        except (ValueError, TypeError):
            accounts = answer.headers.get("X-Rucio-Auth-Accounts", "")
        return BadRequest(
            "This user may use several accounts, and Rucio has to be told which.",
            code="account_required",
            hint=f"Fill in the account. Yours are: {accounts}." if accounts else None,
        )


def token_of(answer: httpx.Response, instance: Instance, account: str | None) -> Token:
    """The token in the headers of a login's answer.

    Raises:
        RucioBadAnswer: there is none, so this is no Rucio.
    """
    value = answer.headers.get("X-Rucio-Auth-Token")
    if not value:
        raise faults.not_understood(instance, "a sign-in page without a token")
    expires_at = parsing.time_of(answer.headers.get("X-Rucio-Auth-Token-Expires"))
    answered_at = parsing.time_of(answer.headers.get("Date"))
    lifetime_s = (expires_at - answered_at).total_seconds() if expires_at and answered_at else None
    return Token(
        value, expires_at, answer.headers.get("X-Rucio-Auth-Account") or account, lifetime_s
    )
