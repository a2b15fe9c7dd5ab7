"""The catalogue's tables, accounts, scopes and RSEs."""

from __future__ import annotations

from collections.abc import Iterable

from rucio.common.types import InternalAccount, InternalScope
from rucio.core import config
from rucio.core.account import add_account
from rucio.core.account_limit import set_local_account_limit
from rucio.core.distance import add_distance
from rucio.core.identity import add_account_identity, add_identity, exist_identity_account
from rucio.core.rse import (
    add_protocol,
    add_rse,
    add_rse_attribute,
    del_rse_attribute,
    list_rses,
    update_rse,
)
from rucio.core.scope import add_scope
from rucio.db.sqla import models
from rucio.db.sqla.constants import AccountType, DatabaseOperationType, IdentityType
from rucio.db.sqla.session import db_session
from rucio.db.sqla.util import build_database, create_base_vo, create_root_account
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from lake.endpoints import Endpoints, Protocol, Xcache, oidc_identity
from lake.rucio_side.sqlite import tune_sqlite
from lake.tls import ALICES
from lake.topology import ALICE, ALICE_SUBJECT, ROOT, RSES_BY_NAME, SCOPES, WEBDAV, Rse

# By the client's site, which comes before the PFNs of whoever says to be there.
PROXIES = "root-proxy-internal"
EMAIL = "alice@lake.invalid"
# By scheme, of `rucio.rse.protocols`.
IMPLEMENTATIONS = {"file": "posix", "root": "xrootd", "https": "webdav"}
AVAILABILITY = ("availability_read", "availability_write", "availability_delete")

tune_sqlite()


def create_tables() -> None:
    build_database()
    create_base_vo()
    create_root_account()


def create_accounts() -> None:
    """Alice, and the scopes."""
    with db_session(DatabaseOperationType.WRITE) as session:
        alice = InternalAccount(ALICE.account)
        add_account(alice, AccountType.USER, EMAIL, session=session)
        add_identity(ALICE.username, IdentityType.USERPASS, EMAIL, ALICE.password, session=session)
        add_account_identity(
            ALICE.username, IdentityType.USERPASS, alice, EMAIL, default=True, session=session
        )
        for scope, owner in SCOPES.items():
            add_scope(InternalScope(scope), InternalAccount(owner), session=session)


def create_sites(names: Iterable[str]) -> None:
    """The RSEs that are not there yet, with their distances and quotas (-1: no limit).

    At each start: a lake may be older than a site.
    """
    with db_session(DatabaseOperationType.WRITE) as session:
        ids = {row["rse"]: row["id"] for row in list_rses(session=session)}
        for name in names:
            if name not in ids:
                others = list(ids.values())
                ids[name] = _create_site(RSES_BY_NAME[name], session)
                for other in others:
                    add_distance(ids[name], other, distance=1, session=session)
                    add_distance(other, ids[name], distance=1, session=session)


def _create_site(rse: Rse, session: Session) -> str:
    rse_id: str = add_rse(rse.name, deterministic=rse.deterministic, session=session)
    for key, value in rse.attributes.items():
        add_rse_attribute(rse_id, key, value, session=session)
    set_local_account_limit(InternalAccount(ROOT.account), rse_id, -1, session=session)
    if rse.quota_bytes is not None:
        alice = InternalAccount(ALICE.account)
        set_local_account_limit(alice, rse_id, rse.quota_bytes, session=session)
    return rse_id


def write_endpoints(endpoints: Endpoints) -> None:
    """Ports change from one start to the next: says where everything beside Rucio is now."""
    with db_session(DatabaseOperationType.WRITE) as session:
        for row in list_rses(session=session):
            rse_id, protocol = row["id"], endpoints["protocols"].get(row["rse"])
            session.execute(delete(models.RSEProtocol).where(models.RSEProtocol.rse_id == rse_id))
            if row["rse"] == WEBDAV.name:
                # Out of service in a start without TLS.
                update_rse(
                    rse_id, dict.fromkeys(AVAILABILITY, protocol is not None), session=session
                )
            if protocol is None:
                continue
            for protocol_row in _protocol_rows(row["rse"], endpoints):
                add_protocol(rse_id, protocol_row, session=session)
            keys = select(models.RSEAttrAssociation.key).where(
                models.RSEAttrAssociation.rse_id == rse_id
            )
            if "fts" in session.execute(keys).scalars().all():
                del_rse_attribute(rse_id, "fts", session=session)
            add_rse_attribute(rse_id, "fts", endpoints["transfer_url"], session=session)
        # What was under way when the lake went down is asked for at the new address, which does not
        # know it: Rucio then counts it as lost and submits it again.
        session.execute(
            update(models.Request)
            .where(models.Request.external_host.is_not(None))
            .values(external_host=endpoints["transfer_url"])
        )
        _send_through_cache(endpoints["xcache"], session)
        _add_alices_certificate(session)
        _replace_oidc_identity(endpoints["issuer_url"], session)


def _send_through_cache(xcache: Xcache | None, session: Session) -> None:
    """What an operator's ``rucio-admin config set`` does for the users at the cache's site."""
    if xcache is not None:
        config.set(PROXIES, xcache["client_site"], xcache["address"], session=session)


def _add_alices_certificate(session: Session) -> None:
    alice = InternalAccount(ALICE.account)
    if not exist_identity_account(ALICES.dn, IdentityType.X509, alice, session=session):
        add_account_identity(
            ALICES.dn, IdentityType.X509, alice, EMAIL, default=True, session=session
        )


def _replace_oidc_identity(issuer_url: str, session: Session) -> None:
    """Alice as the issuer of this start knows her: the identity holds the issuer's address."""
    for table in (models.IdentityAccountAssociation, models.Identity):
        session.execute(delete(table).where(table.identity_type == IdentityType.OIDC))
    add_account_identity(
        oidc_identity(ALICE_SUBJECT, issuer_url),
        IdentityType.OIDC,
        InternalAccount(ALICE.account),
        EMAIL,
        default=True,
        session=session,
    )


def _protocol_rows(name: str, endpoints: Endpoints) -> list[dict[str, object]]:
    """How clients reach the files, and how third-party copies do, where that is another way."""
    read_and_write = {"read": 1, "write": 1, "delete": 1}
    copy = {"third_party_copy_read": 1, "third_party_copy_write": 1}
    protocol, for_copies = endpoints["protocols"][name], endpoints["copies"].get(name)
    if protocol["scheme"] != "https":
        return [_protocol_row(protocol, lan=read_and_write, wan=read_and_write | copy)]
    rows = [_protocol_row(protocol, lan=read_and_write, wan=read_and_write)]
    if for_copies is not None:
        rows.append(_protocol_row(for_copies, lan={}, wan=copy))
    return rows


def _protocol_row(
    protocol: Protocol, *, lan: dict[str, int], wan: dict[str, int]
) -> dict[str, object]:
    return {
        **protocol,
        "impl": f"rucio.rse.protocols.{IMPLEMENTATIONS[protocol['scheme']]}.Default",
        "domains": {"lan": lan, "wan": wan},
        "extended_attributes": None,
    }
