"""Rucio's exceptions and bare HTTP errors, translated once."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from rucio_jupyterlab.client import filters
from rucio_jupyterlab.client.faults import not_understood
from rucio_jupyterlab.client.redaction import without_secrets
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import (
    BadRequest,
    Conflict,
    ExtensionError,
    Forbidden,
    NotAuthenticated,
    NotFound,
    QuotaExceeded,
    RucioBadAnswer,
    RucioFault,
    RucioTimeout,
    TooLarge,
    UnknownDid,
    UnknownScope,
    Unprocessable,
)

SIGN_IN_HINT = "Sign in again."
LATER_HINT = "Try again in a moment."

_LONGEST_SAID = 300


@dataclass(frozen=True)
class _Meaning:
    """``message`` may hold ``{instance}`` and ``{said}``, what Rucio said in one line."""

    error: type[ExtensionError]
    message: str
    code: str | None = None
    hint: str | None = None


_NO_ACCESS = _Meaning(
    Forbidden,
    "Rucio does not let your account do this.",
    hint="Ask for the right in your experiment's Rucio, or use another account.",
)
_NO_LOGIN = _Meaning(
    NotAuthenticated, "{instance} does not accept these credentials.", hint=SIGN_IN_HINT
)
_NO_DID = _Meaning(
    UnknownDid,
    "Rucio has no such data identifier. {said}",
    hint="Check scope and name; it may also have been deleted, or have expired.",
)
_NO_RSE = _Meaning(
    NotFound,
    "Rucio knows no such storage site (RSE). {said}",
    "unknown_rse",
    "Ask the operator to check the RSE in the configuration.",
)
_NO_QUOTA = _Meaning(
    QuotaExceeded,
    "Your account has not enough quota at the destination for this. {said}",
    hint="Free some space by ending other rules there, or ask for more quota.",
)
_NOT_VALID = _Meaning(Unprocessable, "Rucio cannot accept this request: {said}", "invalid_object")
_EXISTS = _Meaning(Conflict, "This exists already. {said}", "already_exists")
_LATER = _Meaning(
    RucioBadAnswer,
    "{instance} cannot take the request at the moment. {said}",
    "rucio_busy",
    LATER_HINT,
)

_MEANINGS: Mapping[str, _Meaning] = {
    # who you are, and what you may do. Rucio answers 401 to both, so the class decides.
    "CannotAuthenticate": _NO_LOGIN,
    "IdentityError": _NO_LOGIN,
    "IdentityNotFound": _NO_LOGIN,
    "NoAuthInformation": _NO_LOGIN,
    "AccessDenied": _NO_ACCESS,
    "CannotAuthorize": _NO_ACCESS,
    "ScopeAccessDenied": _NO_ACCESS,
    "RSEAccessDenied": _NO_ACCESS,
    "AccountNotFound": _Meaning(
        NotFound, "Rucio knows no such account.", "unknown_account", "Check the account's name."
    ),
    "VONotFound": _Meaning(
        NotFound,
        "{instance} knows no such virtual organisation (VO).",
        "unknown_vo",
        "Ask the operator to check vo in the configuration.",
    ),
    # what there is
    "DataIdentifierNotFound": _NO_DID,
    "ScopeNotFound": _Meaning(UnknownScope, "Rucio has no such scope. {said}"),
    "RSENotFound": _NO_RSE,
    "RSEProtocolNotSupported": _Meaning(
        NotFound, "Rucio knows no way to reach this storage site (RSE). {said}", "unknown_protocol"
    ),
    "RuleNotFound": _Meaning(
        NotFound, "This rule is gone.", "unknown_rule", "Refresh to see the present state."
    ),
    "ReplicaNotFound": _Meaning(NotFound, "There is no such replica. {said}", "unknown_replica"),
    "KeyNotFound": _Meaning(BadRequest, "Rucio knows no such metadata key. {said}", "unknown_key"),
    # what is there already
    "DuplicateRule": _Meaning(Conflict, "You have such a rule on this already.", "duplicate_rule"),
    "Duplicate": _EXISTS,
    "DuplicateContent": _EXISTS,
    "DataIdentifierAlreadyExists": _EXISTS,
    "FileAlreadyExists": _EXISTS,
    "FileReplicaAlreadyExists": _EXISTS,
    # room
    "InsufficientAccountLimit": _NO_QUOTA,
    "RSEOverQuota": _Meaning(
        QuotaExceeded,
        "The destination is full. {said}",
        "rse_full",
        "Choose another destination, or tell the site.",
    ),
    "FullStorage": _Meaning(
        QuotaExceeded, "The destination is full. {said}", "rse_full", "Choose another destination."
    ),
    # rules that cannot be
    "InvalidRSEExpression": _Meaning(
        Unprocessable,
        "The destination matches no storage site (RSE). {said}",
        "invalid_rse_expression",
        "Check the destination; the operator sets the default one.",
    ),
    "InsufficientTargetRSEs": _Meaning(
        Unprocessable,
        "No storage site (RSE) can take this at present. {said}",
        "insufficient_target_rses",
        "Choose another destination, or try again later.",
    ),
    "RSEWriteBlocked": _Meaning(
        Unprocessable,
        "The destination takes no new data at present. {said}",
        "rse_write_blocked",
        "Try again later, or choose another destination.",
    ),
    "InvalidReplicationRule": _Meaning(
        Unprocessable, "Rucio cannot make this rule: {said}", "invalid_rule"
    ),
    "InvalidRuleWeight": _Meaning(
        Unprocessable, "Rucio cannot make this rule: {said}", "invalid_rule"
    ),
    "StagingAreaRuleRequiresLifetime": _Meaning(
        Unprocessable,
        "The destination is a staging area: rules there need a lifetime.",
        "lifetime_required",
        "Set replication_rule_lifetime_days, or choose a lifetime.",
    ),
    "ScratchDiskLifetimeConflict": _Meaning(
        Unprocessable,
        "The lifetime is longer than the destination allows. {said}",
        "lifetime_too_long",
        "Choose a shorter lifetime.",
    ),
    "ManualRuleApprovalBlocked": _Meaning(
        Forbidden, "The destination takes no rules that need an approval.", "approval_blocked"
    ),
    "ReplicationRuleCreationTemporaryFailed": _LATER,
    "ResourceTemporaryUnavailable": _LATER,
    "ServiceUnavailable": _LATER,
    "DatabaseException": _Meaning(
        RucioBadAnswer, "{instance} has trouble with its database.", "rucio_busy", LATER_HINT
    ),
    # the request
    "InvalidObject": _NOT_VALID,
    "InvalidType": _NOT_VALID,
    "InvalidPath": _NOT_VALID,
    "InvalidMetadata": _NOT_VALID,
    "InvalidValueForKey": _NOT_VALID,
    "InputValidationError": _NOT_VALID,
    "ValueError": _Meaning(BadRequest, "Rucio does not understand the request: {said}"),
    "DIDFilterSyntaxError": _Meaning(
        BadRequest,
        "Rucio does not understand the filter: {said}",
        "invalid_filter",
        filters.HINT,
    ),
    "DuplicateCriteriaInDIDFilter": _Meaning(
        BadRequest, "The filter says the same thing twice: {said}", "invalid_filter"
    ),
    "UnsupportedOperation": _Meaning(
        Unprocessable, "Rucio does not support this: {said}", "unsupported_operation"
    ),
    "UnsupportedMetadataPlugin": _Meaning(
        Unprocessable, "{instance} does not have this kind of metadata.", "unsupported_operation"
    ),
    "UnsupportedStatus": _Meaning(
        Unprocessable, "Rucio does not support this: {said}", "unsupported_operation"
    ),
    "UnsupportedRequestedContentType": _Meaning(
        RucioBadAnswer, "{instance} does not offer its answer in the form asked for."
    ),
}

_BY_STATUS: Mapping[int, _Meaning] = {
    400: _Meaning(BadRequest, "Rucio does not understand the request: {said}"),
    401: _NO_LOGIN,
    403: _NO_ACCESS,
    404: _Meaning(NotFound, "Rucio has no such thing. {said}"),
    409: _Meaning(Conflict, "Rucio refuses this: {said}"),
    413: _Meaning(TooLarge, "This is more than Rucio takes in one request.", hint="Ask for less."),
    414: _Meaning(
        TooLarge,
        "Name and conditions are longer than {instance} takes in one search.",
        hint="Use * for a part of a long text.",
    ),
    429: _LATER,
    503: _LATER,
    504: _Meaning(
        RucioTimeout, "{instance} took too long to answer.", hint="Try again, or ask for less."
    ),
}

# With these a fresh token may help; any other 401 of Rucio's is a refusal.
_TOKEN_EXCEPTIONS = frozenset({"CannotAuthenticate", "NoAuthInformation"})


def fault_in(answer: httpx.Response) -> RucioFault | None:
    """What Rucio said, from the body or, where a front lost that, from the headers of the same
    names; without what was secret in the request.
    """
    said: object = None
    if answer.content[:1] == b"{":
        try:
            said = json.loads(answer.content)
        except ValueError:
            said = None
    if isinstance(said, dict) and isinstance(said.get("ExceptionClass"), str):
        name, message = said["ExceptionClass"], said.get("ExceptionMessage")
    elif "ExceptionClass" in answer.headers:
        name, message = answer.headers["ExceptionClass"], answer.headers.get("ExceptionMessage")
    else:
        return None
    sent = answer.request.headers
    return RucioFault(
        without_secrets(name, sent), one_line(without_secrets(str(message or ""), sent))
    )


def wants_fresh_token(status: int, fault: RucioFault | None) -> bool:
    """Whether the answer means that the token is over, as opposed to a right that is missing."""
    return status == 401 and (fault is None or fault.exception_class in _TOKEN_EXCEPTIONS)


def from_answer(instance: Instance, answer: httpx.Response) -> ExtensionError:
    """Ours for an answer with an error status. The body of a foreign page is never repeated."""
    fault, status = fault_in(answer), answer.status_code
    meaning = _MEANINGS.get(fault.exception_class) if fault else None
    if meaning is None:
        meaning = _BY_STATUS.get(status)
    if fault is None and (meaning is None or status in (400, 404, 409)):
        if status >= 500:
            return RucioBadAnswer(
                f"{instance.display_name} has an internal error (HTTP {status}).", hint=LATER_HINT
            )
        what = (
            "a web page" if "html" in answer.headers.get("Content-Type", "") else f"HTTP {status}"
        )
        return not_understood(instance, what)
    return _said(meaning, instance.display_name, fault)


def from_fault(display_name: str, fault: RucioFault) -> ExtensionError:
    """Ours for an exception that Rucio's own library raised."""
    return _said(_MEANINGS.get(fault.exception_class), display_name, fault)


def _said(meaning: _Meaning | None, display_name: str, fault: RucioFault | None) -> ExtensionError:
    if meaning is None:
        meaning = _Meaning(
            RucioBadAnswer, "{instance} has an internal error: {said}", hint=LATER_HINT
        )
    said = _sentence(fault.exception_message) if fault else ""
    message = meaning.message.format(instance=display_name, said=said).strip(" :")
    if message[-1] not in ".!?…”":
        message += "."
    return meaning.error(message, code=meaning.code, hint=meaning.hint, rucio=fault)


def one_line(message: object) -> str:
    """An exception's message without its traceback, line ends and more than a reader can use."""
    text = str(message or "").strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if "Traceback (most recent call last)" in text and lines:
        lines = [_without_module(lines[-1])]
    text = re.sub(r"\s+", " ", " ".join(lines))
    return text if len(text) <= _LONGEST_SAID else text[: _LONGEST_SAID - 1] + "…"


def _without_module(line: str) -> str:
    """``message`` of a traceback's last line, ``rucio.common.exception.X: message``."""
    return re.sub(r"^[\w.]+(Error|Exception|[A-Z]\w*):\s*", "", line)


def _sentence(said: str) -> str:
    """Rucio often says its general sentence, then ``Details:`` with what one wants to know."""
    details = re.search(r"\bDetails:\s*(.+)$", said)
    text = details.group(1) if details else said
    return text if not text or text[-1] in ".!?…" else text + "."
