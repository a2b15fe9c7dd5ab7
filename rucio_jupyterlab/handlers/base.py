"""What all handlers share: JSON in and out, and errors in the form of the contract."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any, TypeVar, cast

from jupyter_server.base.handlers import APIHandler
from tornado.web import HTTPError

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest, ExtensionError, TooLarge
from rucio_jupyterlab.quiet_logs import whereabouts
from rucio_jupyterlab.services import Services

PREFIX = "rucio-jupyterlab"
AUTH_RESOURCE = "rucio"
SERVICES_KEY = "rucio_jupyterlab_services"
JSON = "application/json; charset=utf-8"
MAX_BODY_BYTES = 8 * 1024 * 1024

log = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., Awaitable[None]])

_CODES = {403: "jupyter_forbidden", 404: "no_such_route", 405: "method_not_allowed"}
_SENTENCES = {
    403: "Jupyter does not allow this.",
    404: "The Rucio extension has nothing at this address.",
    405: "This address does not take that method.",
}


def answering(method: Method) -> Method:
    """Turns our errors into the error object of the contract, with the status of each."""

    @functools.wraps(method)
    async def answer(self: RucioHandler, *args: Any, **kwargs: Any) -> None:
        try:
            await method(self, *args, **kwargs)
        except ExtensionError as error:
            self.answer_error(error)

    return cast("Method", answer)


class RucioHandler(APIHandler):
    """Base of our handlers. Each method is ``@authenticated``, ``@authorized``, ``@answering``."""

    auth_resource = AUTH_RESOURCE

    @property
    def services(self) -> Services:
        services: Services = self.settings[SERVICES_KEY]
        return services

    def instance(self, name: str) -> Instance:
        """The instance that the address names.

        Raises:
            UnknownInstance, ConfigurationError: there is none of that name, or it cannot be used.
        """
        return self.services.instances.get(name)

    def job_address(self, job_id: str) -> str:
        """Where a job can be looked at, for a ``Location``."""
        return f"{self.base_url}{PREFIX}/jobs/{job_id}"

    def answer(self, body: object, status: int = 200) -> None:
        """Sends ``body`` as JSON."""
        self.set_status(status)
        self.set_header("Cache-Control", "no-store")
        self.finish(json.dumps(body, ensure_ascii=False), set_content_type=JSON)

    def answer_error(self, error: ExtensionError) -> None:
        log.info(
            "%s %s: %s (%s)", self.request.method, self.request.path, error.message, error.code
        )
        self.answer(error.to_dict(), error.status)

    def json_object(self, *, allowed: frozenset[str]) -> dict[str, Any]:
        """The body, which must be a JSON object with none but the ``allowed`` keys.

        Not ``get_json_body``: that one writes a body that it cannot read into the log, and ours may
        hold a password.
        """
        if len(self.request.body) > MAX_BODY_BYTES:
            raise TooLarge(f"The request is larger than {MAX_BODY_BYTES // 1024**2} MiB.")
        try:
            body = json.loads(self.request.body.decode("utf-8"))
        except ValueError:
            body = None
        if not isinstance(body, dict):
            raise BadRequest(
                "The request's body must be a JSON object.",
                code="invalid_json",
                hint=f"It may have the keys {', '.join(sorted(allowed))}.",
            )
        unknown = sorted(str(key) for key in body.keys() - allowed)
        if unknown:
            raise BadRequest(
                f"Unknown key in the request: {', '.join(unknown)}.",
                hint=f"Known keys are {', '.join(sorted(allowed))}.",
            )
        return body

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """All that is not one of our errors: Jupyter's and Tornado's, and our own mistakes."""
        error = kwargs.get("exc_info", (None, None, None))[1]
        code = _CODES.get(status_code)
        message = _SENTENCES.get(status_code)
        if isinstance(error, HTTPError):
            code = code or ("bad_request" if status_code < 500 else "internal_error")
            message = message or error.log_message or HTTPStatus(status_code).phrase
        else:
            code = "internal_error"
            message = "The Rucio extension failed on this request."
        hint = "The server's log says more." if code == "internal_error" else None
        self.finish(
            json.dumps({"message": message, "code": code, "hint": hint, "rucio": None}),
            set_content_type=JSON,
        )

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        # Tornado's own would write the whole request, its query (and so a Jupyter token) included.
        if isinstance(value, HTTPError):
            log.info("%s %s: %s", self.request.method, self.request.path, value)
        else:
            log.error(
                "%s %s failed:\n%s", self.request.method, self.request.path, whereabouts(value)
            )
