"""One request on its way: asked again where that may help, redirected within Rucio only."""

from __future__ import annotations

import asyncio
import time

import httpx

from rucio_jupyterlab.client import faults
from rucio_jupyterlab.client.auth.authenticator import Token
from rucio_jupyterlab.client.retry import PASSING_STATUSES, RetryPolicy
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import RucioBadAnswer

_MAX_REDIRECTS = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Sender:
    """Sends requests to one instance."""

    def __init__(self, instance: Instance, retry: RetryPolicy) -> None:
        self._instance = instance
        self._retry = retry

    async def send(
        self,
        http: httpx.AsyncClient,
        request: httpx.Request,
        token: Token | None,
        *,
        repeatable: bool,
    ) -> httpx.Response:
        """Sends until an answer comes that asking again would not change; its body is not yet read.

        Raises:
            RucioUnreachable, RucioTimeout, RucioBadAnswer and what else ``faults`` knows.
        """
        if token is not None:
            request.headers["X-Rucio-Auth-Token"] = token.value
        began = time.monotonic()
        attempt = 0
        while True:
            attempt += 1
            if http.is_closed:
                raise faults.closed(self._instance)
            try:
                answer = await self._follow(http, request)
            except httpx.HTTPError as error:
                wait = None
                # A request that found no connection has done nothing, so it may always be repeated.
                if faults.found_no_connection(error) or (
                    repeatable and isinstance(error, (httpx.ReadError, httpx.RemoteProtocolError))
                ):
                    wait = self._retry.wait_s(attempt, time.monotonic() - began)
                if wait is None:
                    raise faults.from_transport(error, self._instance, str(request.url)) from None
            else:
                if not repeatable or answer.status_code not in PASSING_STATUSES:
                    return answer
                wait = self._retry.wait_s(attempt, time.monotonic() - began, answer.headers)
                if wait is None:
                    return answer
                await answer.aclose()
            await asyncio.sleep(wait)

    async def _follow(self, http: httpx.AsyncClient, request: httpx.Request) -> httpx.Response:
        """Follows redirects within one origin: a token goes to no other."""
        for _ in range(_MAX_REDIRECTS + 1):
            answer = await http.send(request, stream=True)
            if answer.status_code not in _REDIRECTS or "Location" not in answer.headers:
                return answer
            await answer.aclose()
            target = answer.url.join(answer.headers["Location"])
            if _origin(target) != _origin(answer.url):
                raise RucioBadAnswer(
                    f"{self._instance.display_name} sends us to another address, {target.host}.",
                    code="redirected_elsewhere",
                    hint="Ask the operator to check rucio_base_url.",
                )
            sees_other = answer.status_code == 303 and request.method != "HEAD"
            request = http.build_request(
                "GET" if sees_other else request.method,
                target,
                headers=_without_body_headers(request.headers) if sees_other else request.headers,
                content=None if sees_other else request.content,
                extensions=request.extensions,
            )
        raise RucioBadAnswer(f"{self._instance.display_name} redirects in a circle.")


def _origin(url: httpx.URL) -> tuple[str, str, int | None]:
    default = {"http": 80, "https": 443}.get(url.scheme)
    return url.scheme, url.host, url.port or default


def _without_body_headers(headers: httpx.Headers) -> httpx.Headers:
    kept = headers.copy()
    for name in ("Content-Length", "Content-Type", "Transfer-Encoding"):
        kept.pop(name, None)
    return kept
