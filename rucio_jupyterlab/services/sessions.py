"""Who one is at each Rucio: credentials, and the client that uses them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace

from rucio_jupyterlab.client.auth.authenticator import Authenticator
from rucio_jupyterlab.client.auth.factory import WAYS, known_params
from rucio_jupyterlab.client.transport import RucioClient, Timeouts
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    BadRequest,
    ConfigurationError,
    ExtensionError,
    Forbidden,
    NotAuthenticated,
)
from rucio_jupyterlab.services.credentials import CredentialStore, StoredCredentials
from rucio_jupyterlab.services.identity import Identity, Source
from rucio_jupyterlab.services.ways_in import WaysIn

RETIREMENT_S = 60.0


@dataclass
class _Session:
    """Somebody who is signed in has all of it. ``source`` says where the credentials come from.

    ``is_asked``: Rucio has been asked, or is being asked, whose account they are.
    """

    instance: Instance
    client: RucioClient
    authenticator: Authenticator | None = None
    credentials: StoredCredentials | None = None
    source: Source | None = None
    is_asked: bool = False


class Sessions:
    """One client for each instance, made when first needed and replaced with its credentials.

    Credentials are, in this order: those that the user has signed in with, kept in memory or by the
    store; those that the server is provided with, unless the user has signed out of them.
    """

    def __init__(
        self,
        store: CredentialStore,
        ways: WaysIn,
        timeouts: Timeouts | None = None,
        *,
        may_type: bool = True,
    ) -> None:
        self._store = store
        self._ways = ways
        self._timeouts = timeouts or Timeouts()
        self._may_type = may_type
        self._in_memory: dict[str, StoredCredentials] = {}
        self._signed_out: set[str] = set()
        self._sessions: dict[str, _Session] = {}
        self._retiring: set[asyncio.Task[None]] = set()
        self._asking: set[asyncio.Task[None]] = set()
        self._opening: dict[str, asyncio.Lock] = {}

    def policy(self) -> dict[str, bool]:
        """What the administrator lets users do with credentials."""
        return {
            "type_credentials": self._may_type,
            "store_credentials": self._store.is_allowed,
        }

    async def client(self, instance: Instance) -> RucioClient:
        """The client to use now. Without credentials each of its calls raises NotAuthenticated.

        Raises:
            ConfigurationError: the instance's CA file cannot be read.
        """
        return (await self._session(instance)).client

    async def authenticator(self, instance: Instance) -> Authenticator:
        """The way in that is used now. It holds secrets.

        Raises:
            NotAuthenticated: nobody is signed in.
        """
        authenticator = (await self._session(instance)).authenticator
        if authenticator is None:
            raise NotAuthenticated(f"You are not signed in to {instance.display_name}.")
        return authenticator

    async def identity(self, instance: Instance) -> Identity:
        """Who one is and how the credentials stand, without waiting for Rucio."""
        session = await self._session(instance)
        kept = session.credentials
        standing = await session.client.standing()
        if kept is None or standing is None:
            return Identity(instance.default_auth_type)
        if standing.problem is None:
            self._ask_for_account(session)
        secret = WAYS[kept.type].secret
        params = {key: value for key, value in kept.params.items() if key not in secret}
        account = session.client.account or params.get("account") or instance.default_account
        return Identity(
            kept.type,
            params,
            is_signed_in=standing.problem is None,
            account=str(account) if account else None,
            token_expires_at=session.client.token_expires_at,
            identity=standing.identity,
            credentials_expires_at=standing.expires_at,
            source=session.source,
            stored_in=kept.stored_in,
            problem=standing.problem,
        )

    async def identity_and_ways(self, instance: Instance) -> Identity:
        """``identity``, and what was found for each way in that the instance offers."""
        identity = await self.identity(instance)
        used_params = {key: str(value) for key, value in identity.params.items()}
        ways = await self._ways.found(instance, identity.type, used_params)
        return replace(identity, ways=ways)

    async def sign_in(
        self,
        instance: Instance,
        auth_type: str,
        params: Mapping[str, object],
        *,
        is_remembered: bool = True,
    ) -> Identity:
        """Tries the credentials at Rucio, and keeps them only when it accepts them.

        Raises:
            Forbidden: code ``typing_forbidden``.
            BadRequest: a parameter is missing or cannot be sent.
            NotAuthenticated: they do not do, or Rucio does not accept them.
            RucioUnreachable, RucioTimeout, RucioBadAnswer: it could not be asked.
        """
        authenticator, client = await self._tried(instance, auth_type, params)
        credentials = StoredCredentials(auth_type, known_params(auth_type, params))
        try:
            if is_remembered:
                place = await self._store.save(instance.name, credentials)
                credentials = replace(credentials, stored_in=place)
            else:
                # What was stored before is another sign-in, and must not come back by itself.
                await self._store.discard(instance.name)
        except BaseException:
            await client.aclose()
            raise
        self._signed_out.discard(instance.name)
        self._in_memory[instance.name] = credentials
        source = _source_of(credentials)
        self._replace(instance, _Session(instance, client, authenticator, credentials, source))
        return await self.identity_and_ways(instance)

    async def test(
        self, instance: Instance, auth_type: str, params: Mapping[str, object]
    ) -> Identity:
        """What Rucio says to the credentials, of which nothing is kept.

        Raises: as ``sign_in``.
        """
        _, client = await self._tried(instance, auth_type, params)
        try:
            standing = await client.standing()
            return Identity(
                auth_type,
                is_signed_in=True,
                account=client.account,
                token_expires_at=client.token_expires_at,
                identity=standing.identity if standing else None,
                credentials_expires_at=standing.expires_at if standing else None,
            )
        finally:
            await client.aclose()

    async def sign_out(self, instance: Instance) -> None:
        """Forgets the credentials and the token; provided ones are not used until the next sign-in.

        Raises:
            ConfigurationError: they could not be removed, and so are still there.
        """
        self._in_memory.pop(instance.name, None)
        self._signed_out.add(instance.name)
        self._replace(instance, self._nobody(instance))
        await self._store.delete(instance.name)

    async def forget(self, name: str) -> None:
        """Closes the client of an instance that is no longer configured. What is stored stays."""
        session = self._sessions.pop(name, None)
        if session is not None:
            self._retire(session)

    async def aclose(self) -> None:
        """Closes all connections, and forgets what is in memory only."""
        self._in_memory.clear()
        tasks = [*self._retiring, *self._asking]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        sessions, self._sessions = self._sessions, {}
        await asyncio.gather(*(session.client.aclose() for session in sessions.values()))

    async def _tried(
        self, instance: Instance, auth_type: str, params: Mapping[str, object]
    ) -> tuple[Authenticator, RucioClient]:
        """The client has logged in with them, and is the caller's to close."""
        typed = {key for key, value in params.items() if value} - {"account"}
        if typed and not self._may_type:
            raise Forbidden(
                "The administrator of this server does not let credentials be typed here.",
                code="typing_forbidden",
                hint="Use those that the server is provided with.",
            )
        authenticator = self._ways.authenticator(instance, auth_type, params)
        client = RucioClient(instance, authenticator, timeouts=self._timeouts)
        try:
            await client.login()
        except BaseException:
            await client.aclose()
            raise
        return authenticator, client

    async def _session(self, instance: Instance) -> _Session:
        lock = self._opening.setdefault(instance.name, asyncio.Lock())
        async with lock:
            session = self._sessions.get(instance.name)
            if session is None or session.instance != instance:
                session = await self._open(instance)
                self._replace(instance, session)
            elif session.credentials is None:
                # A token may have been provided meanwhile.
                provided = await self._provided(instance)
                if provided is not None:
                    session = provided
                    self._replace(instance, session)
            return session

    async def _open(self, instance: Instance) -> _Session:
        kept = self._in_memory.get(instance.name) or await self._store.load(instance.name)
        session = self._with(instance, kept, _source_of(kept)) if kept is not None else None
        return session or await self._provided(instance) or self._nobody(instance)

    async def _provided(self, instance: Instance) -> _Session | None:
        if instance.name in self._signed_out:
            return None
        auth_type = await self._ways.provided_type(instance)
        if auth_type is None:
            return None
        return self._with(instance, StoredCredentials(auth_type, {}), "provided")

    def _with(
        self, instance: Instance, credentials: StoredCredentials, source: Source
    ) -> _Session | None:
        """None where they were kept by another version, or for a way in that is not offered."""
        try:
            authenticator = self._ways.authenticator(instance, credentials.type, credentials.params)
        except (BadRequest, ConfigurationError):
            return None
        client = RucioClient(instance, authenticator, timeouts=self._timeouts)
        return _Session(instance, client, authenticator, credentials, source)

    def _nobody(self, instance: Instance) -> _Session:
        return _Session(instance, RucioClient(instance, None, timeouts=self._timeouts))

    def _ask_for_account(self, session: _Session) -> None:
        """Once and in the background, so that it is known soon although nobody has asked for data.

        Who asks for something gets the reason if Rucio does not answer.
        """
        if session.is_asked or session.client.account is not None:
            return
        session.is_asked = True

        async def ask() -> None:
            with suppress(ExtensionError):
                await session.client.token()

        task = asyncio.ensure_future(ask())
        self._asking.add(task)
        task.add_done_callback(self._asking.discard)

    def _replace(self, instance: Instance, session: _Session) -> None:
        old = self._sessions.get(instance.name)
        self._sessions[instance.name] = session
        if old is not None:
            self._retire(old)

    def _retire(self, session: _Session) -> None:
        # What is still being answered for another tab may come to its end.
        task = asyncio.ensure_future(_close_later(session.client))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)


def _source_of(credentials: StoredCredentials) -> Source:
    if not credentials.params.keys() - {"account"}:
        return "provided"
    return "stored" if credentials.stored_in else "memory"


async def _close_later(client: RucioClient) -> None:
    try:
        await asyncio.sleep(RETIREMENT_S)
    finally:
        await client.aclose()
