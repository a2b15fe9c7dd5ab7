"""User name and password."""

from __future__ import annotations

import httpx

from rucio_jupyterlab.client.auth.token import Token
from rucio_jupyterlab.config.instance import Instance


class UserpassAuthenticator:
    """``account`` None or empty: Rucio takes the only account that this identity has."""

    def __init__(
        self, instance: Instance, username: str, password: str, account: str | None = None
    ) -> None:
        raise NotImplementedError

    def __repr__(self) -> str:
        raise NotImplementedError

    def describe(self) -> str:
        raise NotImplementedError

    async def login(self, http: httpx.AsyncClient) -> Token:
        raise NotImplementedError
