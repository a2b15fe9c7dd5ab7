"""What Rucio answers to a login, whatever the way in."""

from __future__ import annotations

import json

import httpx

from rucio_jupyterlab.client import errors_map, faults, parsing
from rucio_jupyterlab.client.auth.authenticator import Token
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, NotAuthenticated

# Without it Rucio refuses certificates of several accounts, instead of telling which they are.
ASK_FOR_ACCOUNTS = {b"X-Rucio-Allow-Return-Multiple-Accounts": b"true"}


def token_of(
    answer: httpx.Response, instance: Instance, account: str | None, *, what: str, hint: str
) -> Token:
    """The token in the headers of a login's answer.

    ``what`` says what was shown to Rucio (“this certificate”), ``hint`` what to do where it does
    not accept that.

    Raises:
        NotAuthenticated: Rucio refuses them.
        BadRequest: code ``account_required`` where the identity has several accounts.
        RucioBadAnswer: there is no token, so this is no Rucio.
    """
    if answer.status_code == 206:
        raise _several_accounts(answer)
    require_accepted(answer, instance, account, what=what, hint=hint)
    value = answer.headers.get("X-Rucio-Auth-Token")
    if not value:
        raise faults.not_understood(instance, "a sign-in page without a token")
    expires_at = parsing.time_of(answer.headers.get("X-Rucio-Auth-Token-Expires"))
    answered_at = parsing.time_of(answer.headers.get("Date"))
    lifetime_s = (expires_at - answered_at).total_seconds() if expires_at and answered_at else None
    return Token(
        value, expires_at, answer.headers.get("X-Rucio-Auth-Account") or account, lifetime_s
    )


def require_accepted(
    answer: httpx.Response, instance: Instance, account: str | None, *, what: str, hint: str
) -> None:
    """Nothing where the answer is a good one; the parameters are those of ``token_of``.

    Raises:
        NotAuthenticated: Rucio refuses them.
        RucioBadAnswer and what else ``errors_map`` knows.
    """
    if answer.status_code == 200:
        return
    error = errors_map.from_answer(instance, answer)
    if answer.status_code != 401 and not isinstance(error, NotAuthenticated):
        raise error
    raise NotAuthenticated(
        f"{instance.display_name} does not accept {what}"
        + (f" for the account {account}." if account else "."),
        hint=hint,
        rucio=error.rucio,
    )


def _several_accounts(answer: httpx.Response) -> BadRequest:
    try:
        accounts = ", ".join(str(account) for account in json.loads(answer.content))
    except (ValueError, TypeError):
        accounts = answer.headers.get("X-Rucio-Auth-Accounts", "")
    return BadRequest(
        "You may use several accounts, and Rucio has to be told which.",
        code="account_required",
        hint=f"Fill in the account. Yours are: {accounts}." if accounts else None,
    )
