"""Who one is at each Rucio: credentials, and the client that uses them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rucio_jupyterlab.client.auth.factory import SECRET_PARAMS, make_authenticator
from rucio_jupyterlab.client.transport import RucioClient, Timeouts
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, ExtensionError
from rucio_jupyterlab.services.credentials import CredentialStore, StoredCredentials

RETIREMENT_S = 60.0

Source = Literal["stored", "memory", "provided"]


@dataclass(frozen=True)
class Identity:
    """What may be said of somebody's credentials; ``params`` are without secrets."""

    type: str
    params: Mapping[str, object]
    is_signed_in: bool
    account: str | None
    token_expires_at: datetime | None
    identity: str | None = None
    credentials_expires_at: datetime | None = None
    source: Source | None = None
    stored_in: Literal["file", "keyring"] | None = None
    problem: ExtensionError | None = None
    ways: Sequence[Mapping[str, Any]] = ()

    def to_dict(self) -> dict[str, Any]:
        """``Credentials`` of the contract."""
        return {
            "type": self.type,
            "params": dict(self.params),
            "expires_at": _iso(self.token_expires_at),
            "account": self.account,
            "identity": self.identity,
            "credentials_expires_at": _iso(self.credentials_expires_at),
            "source": self.source,
            "stored_in": self.stored_in,
            "problem": self.problem.to_dict() if self.problem else None,
            "ways": [dict(way) for way in self.ways],
        }

    def instance_fields(self) -> dict[str, Any]:
        """What ``Instance`` of the contract says of the credentials."""
        return {
            "auth_type": self.type,
            "authenticated": self.is_signed_in,
            "account": self.account,
            "token_expires_at": _iso(self.token_expires_at),
            "identity": self.identity,
            "credentials_expires_at": _iso(self.credentials_expires_at),
            "credentials_source": self.source,
            "credentials_problem": self.problem.to_dict() if self.problem else None,
        }


@dataclass
class _Session:
    instance: Instance
    client: RucioClient
    credentials: StoredCredentials | None
    is_refused: bool = False


class Sessions:
    """One client for each instance, made when first needed and replaced with its credentials."""

    def __init__(self, store: CredentialStore, timeouts: Timeouts | None = None) -> None:
        self._store = store
        self._timeouts = timeouts or Timeouts()
        self._sessions: dict[str, _Session] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._opening: dict[str, asyncio.Lock] = {}

    async def client(self, instance: Instance) -> RucioClient:
        """The client to use now. Without credentials each of its calls raises NotAuthenticated.

        Raises:
            ConfigurationError: the instance's CA file cannot be read.
        """
        return (await self._session(instance)).client

    async def identity(self, instance: Instance) -> Identity:
        """Who one is, without asking Rucio.

        Raises:
            ConfigurationError: the instance's CA file cannot be read.
        """
        session = await self._session(instance)
        kept = session.credentials
        if kept is None:
            return Identity(instance.default_auth_type, {}, False, None, None)
        secrets = SECRET_PARAMS.get(kept.type, frozenset(kept.params))
        params = {key: value for key, value in kept.params.items() if key not in secrets}
        typed_account = kept.params.get("account")
        account = session.client.account or (str(typed_account) if typed_account else None)
        expires_at = session.client.token_expires_at
        return Identity(kept.type, params, not session.is_refused, account, expires_at)

    async def sign_in(
        self, instance: Instance, auth_type: str, params: Mapping[str, object]
    ) -> Identity:
        """Tries the credentials at Rucio, and keeps them only when it accepts them.

        Raises:
            BadRequest: a parameter is missing or cannot be sent.
            NotAuthenticated: Rucio does not accept them.
            RucioUnreachable, RucioTimeout, RucioBadAnswer: it could not be asked.
        """
        authenticator = make_authenticator(instance, auth_type, params)
        client = RucioClient(instance, authenticator, timeouts=self._timeouts)
        try:
            await client.login()
            credentials = StoredCredentials(auth_type, dict(params))
            await self._store.save(instance.name, credentials)
        except BaseException:
            await client.aclose()
            raise
        self._replace(instance, _Session(instance, client, credentials))
        return await self.identity(instance)

    async def sign_out(self, instance: Instance) -> None:
        """Forgets the credentials and the token."""
        await self._store.delete(instance.name)
        client = RucioClient(instance, None, timeouts=self._timeouts)
        self._replace(instance, _Session(instance, client, None))

    def refused(self, instance_name: str) -> None:
        """Remembers that Rucio did not accept what is stored, so that the browser can say so."""
        session = self._sessions.get(instance_name)
        if session is not None and session.credentials is not None:
            session.is_refused = True

    async def aclose(self) -> None:
        """Closes all connections."""
        for task in self._retiring:
            task.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        sessions, self._sessions = self._sessions, {}
        await asyncio.gather(*(session.client.aclose() for session in sessions.values()))

    async def _session(self, instance: Instance) -> _Session:
        lock = self._opening.setdefault(instance.name, asyncio.Lock())
        async with lock:
            session = self._sessions.get(instance.name)
            if session is None or session.instance != instance:
                credentials = await self._store.load(instance.name)
                authenticator = None
                if credentials is not None:
                    try:
                        authenticator = make_authenticator(
                            instance, credentials.type, credentials.params
                        )
                    except BadRequest:
                        # Kept by another version, or for a way in that is no longer offered.
                        credentials = None
                client = RucioClient(instance, authenticator, timeouts=self._timeouts)
                self._replace(instance, _Session(instance, client, credentials))
                session = self._sessions[instance.name]
            return session

    def _replace(self, instance: Instance, session: _Session) -> None:
        old = self._sessions.get(instance.name)
        self._sessions[instance.name] = session
        if old is not None:
            # What is still being answered for another tab may come to its end.
            task = asyncio.ensure_future(_close_later(old.client))
            self._retiring.add(task)
            task.add_done_callback(self._retiring.discard)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


async def _close_later(client: RucioClient) -> None:
    try:
        await asyncio.sleep(RETIREMENT_S)
    finally:
        await client.aclose()
