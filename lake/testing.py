"""A lake for tests: a context manager, and the knobs that a test turns. Standard library only.

@pytest.fixture(scope="session")
def lake():
    with running_lake(storage="posix") as lake:
        yield lake
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from lake import identities
from lake.bulk import Where, register_bulk
from lake.calls import call
from lake.down import stop_lake
from lake.environment import python, rucio_environment
from lake.errors import LakeError
from lake.identities import Kind
from lake.outages import restart_storage, stop_storage
from lake.process import Supervisor
from lake.state import Database, Options, State, Storage
from lake.tls import PROXY_LIFETIME_S
from lake.up import start_lake

# Longer than any test lasts.
NOT_DURING_A_TEST_S = 24 * 3600


class Lake:
    """A running lake. `connection` is its ``lake.json`` as it was at the start."""

    def __init__(self, connection: dict[str, Any]) -> None:
        self.connection = connection

    @property
    def rucio_url(self) -> str:
        return str(self.connection["rucio_url"])

    @property
    def accounts(self) -> dict[str, dict[str, str]]:
        """By name (``alice``, ``root``): username, password, account."""
        accounts: dict[str, dict[str, str]] = self.connection["accounts"]
        return accounts

    @property
    def rses(self) -> dict[str, dict[str, Any]]:
        rses: dict[str, dict[str, Any]] = self.connection["rses"]
        return rses

    @property
    def examples(self) -> dict[str, Any]:
        """DIDs by their meaning, such as ``broken`` and ``dimuon_dataset``."""
        examples: dict[str, Any] = self.connection["examples"]
        return examples

    @property
    def state(self) -> State:
        return State(Path(self.connection["state_dir"]))

    def transfer_settings(self, **changes: Any) -> dict[str, Any]:
        """Changes how transfers that have not begun behave, and gives all settings.

        Args:
            changes: `delay_s`, `rate_bytes_s` (None: no limit), `failure_rate` (0 to 1), `failing`
            (parts of
                destinations), `max_active`; see `lake.transfers.jobs.Settings`.

        Raises:
            LakeError: there is no such setting, or the value makes no sense.
        """
        return call("PUT", self.connection["transfer_service"]["control_url"], changes)

    @contextmanager
    def transfers(self, **changes: Any) -> Iterator[None]:
        """Settings as for `transfer_settings`, set back at the end."""
        before = call("GET", self.connection["transfer_service"]["control_url"])
        self.transfer_settings(**changes)
        try:
            yield
        finally:
            self.transfer_settings(**before)

    def run_daemons_once(self, *, repair: bool = False) -> list[str]:
        """One pass of all daemons that have work, paused or not; gives their names.

        Args:
            repair: Also repair rules that are stuck, however recently.
        """
        answer = call(
            "POST", self.connection["daemons"]["control_url"] + ("/repair" if repair else "/pass")
        )
        ran: list[str] = answer["ran"]
        return ran

    def pause_daemons(self) -> None:
        """Returns once no daemon is at work: Rucio then stays as it is until `resume_daemons`."""
        call("POST", self.connection["daemons"]["control_url"] + "/pause")

    def resume_daemons(self) -> None:
        call("POST", self.connection["daemons"]["control_url"] + "/resume")

    @contextmanager
    def paused_daemons(self) -> Iterator[None]:
        self.pause_daemons()
        try:
            yield
        finally:
            self.resume_daemons()

    @contextmanager
    def storage_down(self, rse: str) -> Iterator[None]:
        """Nobody answers at `rse` for as long as the context lasts.

        Raises:
            LakeError: it is a plain folder. Over WebDAV or XRootD there is a server to be missing.
        """
        supervisor, about = Supervisor(self.state), self.rses[rse]
        server = stop_storage(supervisor, rse, about)
        try:
            yield
        finally:
            restart_storage(supervisor, server, about["port"])

    def bulk(self, files: int, *, name: str, where: Where = "both", has_rule: bool = False) -> str:
        """Registers a dataset of `files` files without bytes, and gives its DID."""
        register_bulk(self.state, files, name=name, where=where, has_rule=has_rule)
        return f"bulk:{name}"

    @property
    def tls(self) -> dict[str, Any]:
        """Addresses over HTTPS, authorities and certificates; see `lake.tls.TlsFiles.document`.

        Raises:
            LakeError: this lake was started without TLS.
        """
        tls: dict[str, Any] | None = self.connection.get("tls")
        if tls is None:
            raise LakeError("This lake has no TLS: start it with --tls.")
        return tls

    @property
    def xcache(self) -> dict[str, str]:
        """`address` of the cache, and the `client_site` whose users Rucio sends to it.

        Raises:
            LakeError: this lake's storage is not XRootD.
        """
        xcache: dict[str, str] | None = self.connection.get("xcache")
        if xcache is None:
            raise LakeError("This lake has no XCache: start it with --storage xrootd.")
        return xcache

    def make_proxy(
        self, path: Path, *, lifetime_s: int = PROXY_LIFETIME_S, identity: str = "x509"
    ) -> Path:
        """Writes a proxy of alice's to `path`, and gives that.

        Args:
            lifetime_s: Negative for one that is over.
            identity: Whose, of those in `tls` that have a key without a passphrase.
        """
        owner = self.tls["identities"][identity]
        words = [owner["certificate"], owner["key"], str(path), str(lifetime_s)]
        subprocess.run(
            [str(python()), "-m", "lake.certificates", "proxy", *words],
            env=rucio_environment(self.state),
            check=True,
        )
        return path

    def make_token(
        self,
        *,
        subject: str | None = None,
        lifetime_s: int = 3600,
        audience: str | None = None,
        signed_by: Literal["issuer", "stranger"] = "issuer",
    ) -> str:
        """A token of the lake's issuer: alice's, for Rucio and good for an hour unless said so.

        Args:
            lifetime_s: Negative for one that is over.
            signed_by: A ``stranger`` claims to be the issuer, and has another key.
        """
        wanted = {
            "subject": subject,
            "lifetime_s": lifetime_s,
            "audience": audience,
            "signed_by": signed_by,
        }
        return str(call("POST", self.connection["oidc"]["token_url"], wanted)["token"])

    def expire_tokens(self, account: str) -> int:
        """Ends all of the account's Rucio tokens, as time would; gives how many there were."""
        answer = call(
            "POST",
            self.connection["daemons"]["control_url"] + "/expire-tokens",
            {"account": account},
        )
        return int(answer["tokens"])

    def remove_identity(self, kind: Kind, account: str) -> None:
        """See `lake.identities`; likewise `add_identity`."""
        identities.remove_identity(self.connection, kind, account)

    def add_identity(self, kind: Kind, account: str) -> None:
        identities.add_identity(self.connection, kind, account)

    @contextmanager
    def without_identity(self, kind: Kind, account: str) -> Iterator[None]:
        """The account cannot sign in that way for as long as the context lasts."""
        self.remove_identity(kind, account)
        try:
            yield
        finally:
            self.add_identity(kind, account)

    def down(self) -> None:
        """Ends the lake; its data stay."""
        stop_lake(self.state)


@contextmanager
def running_lake(
    state_dir: Path | None = None,
    *,
    storage: Storage = "posix",
    db: Database = "sqlite",
    seed: bool = True,
    tls: bool = False,
    repair_after_s: int = NOT_DURING_A_TEST_S,
) -> Iterator[Lake]:
    """A lake for as long as the context lasts.

    Args:
        repair_after_s: How long what is stuck stays so before it is retried, unless a test does
            that.
        state_dir: Where it keeps its data; they stay afterwards. None for a temporary folder that
        is deleted.
            A lake that is up already in `state_dir` is used, and left up.

    Raises:
        LakeError: it did not start; the message says why.
    """
    is_temporary = state_dir is None
    state = State(
        Path(tempfile.mkdtemp(prefix="lake-")) if state_dir is None else state_dir.absolute()
    )
    if is_temporary:
        # The users that XRootD and PostgreSQL run as have to come through.
        state.root.chmod(0o755)
    options = Options(storage=storage, db=db, seed=seed, tls=tls, repair_after_s=repair_after_s)
    was_running = False
    try:
        try:
            started = start_lake(state, options, print)
        except LakeError as error:
            # The log goes with the folder.
            raise LakeError(f"{error}\n{error.tail()}") from error
        was_running = started.was_running
        yield Lake(started.connection)
    finally:
        if not was_running:
            stop_lake(state)
            if is_temporary:
                state.delete()
