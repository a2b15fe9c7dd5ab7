"""The way to Rucio: its name, its certificate, its answer, its clock."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from datetime import datetime, timezone
from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from rucio_jupyterlab.aside import aside
from rucio_jupyterlab.client import probe
from rucio_jupyterlab.client.connection import Timeouts, make_tls_context
from rucio_jupyterlab.client.probe import Answer
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.services.diagnosis.model import (
    Finding,
    Step,
    fine,
    irrelevant,
    warning,
    wrong,
)
from rucio_jupyterlab.services.diagnosis.words import duration, host_of, listed, moment

TITLES = {
    "name": "Name resolved",
    "tls": "TLS trusted",
    "rucio": "Rucio answers",
    "clock": "Clocks agree",
}

# A certificate that ends sooner is worth a word to the operator.
CERTIFICATE_WARNING_DAYS = 14
# Beyond these Rucio and a token's issuer begin to disagree on what is over.
CLOCK_WARNING_S = 30.0
CLOCK_WRONG_S = 300.0

_TIMEOUTS = Timeouts(connect_s=4.0, read_s=5.0, write_s=4.0, pool_s=4.0)
_LOOK_LIMIT_S = 8.0


class Network:
    """Each address is asked once, however many checks look at its answer."""

    def __init__(self, instance: Instance) -> None:
        self._instance = instance
        self._urls = tuple(dict.fromkeys((instance.rucio_base_url, instance.rucio_auth_url)))
        self._asking: dict[str, asyncio.Task[Answer]] = {}

    def steps(self) -> list[Step]:
        return [
            Step("name", TITLES["name"], self._name, needs=("configuration",)),
            Step("tls", TITLES["tls"], self._tls, needs=("name",), limit_s=_LOOK_LIMIT_S),
            Step("rucio", TITLES["rucio"], self._rucio, needs=("tls",), limit_s=_LOOK_LIMIT_S),
            Step("clock", TITLES["clock"], self._clock, needs=("rucio",), limit_s=_LOOK_LIMIT_S),
        ]

    async def aclose(self) -> None:
        """Ends what nobody waits for any longer."""
        for asking in self._asking.values():
            asking.cancel()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)

    async def _name(self) -> Finding:
        hosts = list(dict.fromkeys(_looked_up(url) for url in self._urls))
        found = await asyncio.gather(*(_addresses(host) for host in hosts))
        unknown = [host for host, addresses in zip(hosts, found, strict=True) if not addresses]
        if unknown:
            return wrong(
                f"There is no address for {listed(unknown)}.",
                "Check rucio_base_url and rucio_auth_url in the configuration, and the name "
                "service (DNS) of this machine.",
            )
        return fine(
            "; ".join(
                f"{host} is an address"
                if host in addresses
                else f"{host} is {listed(addresses, 3)}"
                for host, addresses in zip(hosts, found, strict=True)
            )
            + "."
        )

    async def _tls(self) -> Finding:
        plain = [url for url in self._urls if urlsplit(url).scheme == "http"]
        # One look at each host: base and sign-in are often paths of one.
        secure = {host_of(url): url for url in self._urls if url not in plain}.values()
        findings = await asyncio.gather(*map(self._certificate, secure))
        for found in findings:
            if found.blocks:
                return found
        if any(found.severity != "skipped" for found in findings):
            trusted = self._instance.rucio_ca_cert or "the CAs of this system"
            findings.append(fine(f"Trusted by {trusted}."))
        findings += [_plain(url) for url in plain]
        said = " ".join(dict.fromkeys(found.message for found in findings))
        for found in findings:
            if found.severity == "warning":
                return warning(said, found.hint)
        if all(found.severity == "skipped" for found in findings):
            return irrelevant(said)
        return fine(said)

    async def _certificate(self, url: str) -> Finding:
        host = host_of(url)
        try:
            certificate = (await self._answer(url)).certificate
        except ExtensionError as error:
            if error.code == "tls_not_trusted":
                return await self._distrusted(url, error)
            return irrelevant(f"{host} showed no certificate, since there is no connection.")
        if certificate is None:
            return irrelevant(f"{host} showed no certificate.")
        left_s = (certificate.ends_at - datetime.now(timezone.utc)).total_seconds()
        seen = (
            f"The certificate of {host}, issued by {certificate.issuer}, ends "
            f"{moment(certificate.ends_at)}, in {duration(left_s)}."
        )
        if left_s < CERTIFICATE_WARNING_DAYS * 86_400:
            return warning(seen, "Whoever runs Rucio has to renew its certificate before then.")
        return fine(seen)

    async def _distrusted(self, url: str, error: ExtensionError) -> Finding:
        parts = urlsplit(url)
        shown = None
        if not _proxy_for(url):
            shown = await probe.shown_certificate(parts.hostname or "", parts.port or 443)
        seen = error.message
        if shown is not None:
            seen += (
                f" It is of {shown.subject}, issued by {shown.issuer}, and ends "
                f"{moment(shown.ends_at)}."
            )
        elif not _proxy_for(url):
            return wrong(
                f"{host_of(url)} shows no certificate: it does not speak TLS.",
                "Check the address in the configuration: the port, and whether it is https://.",
            )
        ca_file = self._instance.rucio_ca_cert
        if ca_file is None:
            return wrong(
                f"{seen} Trusted are the CAs of this system.",
                "Set rucio_ca_cert to the file of the CA that issued it.",
            )
        return wrong(
            f"{seen} Trusted is {await self._trusted_names()} of {ca_file}.",
            f"Put the certificate of the CA that issued it into {ca_file}, or set rucio_ca_cert to "
            "a file that holds it.",
        )

    async def _trusted_names(self) -> str:
        def names() -> list[str]:
            found = make_tls_context(self._instance).get_ca_certs()
            return [_common_name(known) for known in found]

        return listed(await asyncio.to_thread(names), 3) or "nothing"

    async def _rucio(self) -> Finding:
        base, *others = self._urls
        answer = await self._answer(base)
        if answer.rucio_version is None:
            return wrong(
                f"Something answers at {base}, and it is no Rucio: HTTP {answer.status} to /ping.",
                "Check rucio_base_url: the host, the port and the path.",
            )
        seen = f"Rucio {answer.rucio_version}, in {answer.elapsed_s * 1000:.0f} ms."
        for other in others:
            # Some sites serve nothing but sign-in there, so any answer of its will do.
            status = (await self._answer(other)).status
            if status >= 500:
                return wrong(
                    f"{seen} Its sign-in at {other} fails with HTTP {status}.",
                    "Check rucio_auth_url, and tell whoever runs Rucio.",
                )
            seen += f" Sign-in at {host_of(other)} answers, too."
        return fine(seen)

    async def _clock(self) -> Finding:
        ahead_s = (await self._answer(self._urls[0])).clock_ahead_s
        if ahead_s is None:
            return irrelevant("Rucio's answers bear no date, so the clocks cannot be compared.")
        if abs(ahead_s) <= CLOCK_WARNING_S:
            return fine(f"Rucio's clock and ours differ by {abs(ahead_s):.0f} s.")
        behind = "behind" if ahead_s > 0 else "ahead of"
        seen = f"The clock here is {duration(ahead_s)} {behind} Rucio's."
        hint = "Set the clock of this machine by NTP; if it is right, tell whoever runs Rucio."
        if abs(ahead_s) <= CLOCK_WRONG_S:
            return warning(seen, hint)
        # What needs no clock is still looked at: Rucio itself may be content.
        return Finding("error", f"{seen} Tokens and certificates fail by that.", hint)

    async def _answer(self, url: str) -> Answer:
        if url not in self._asking:
            self._asking[url] = asyncio.create_task(
                probe.probe(self._instance, url, _TIMEOUTS), name="rucio-probe"
            )
            # Seen, even where the check that waited has run out of time.
            self._asking[url].add_done_callback(
                lambda task: None if task.cancelled() else task.exception()
            )
        return await asyncio.shield(self._asking[url])


def _plain(url: str) -> Finding:
    if _is_here(url):
        return irrelevant("Plain HTTP within this machine: there is no certificate to look at.")
    return warning(
        f"{host_of(url)} is reached over plain HTTP: passwords and tokens can be read on the way.",
        "Use an https:// address in the configuration.",
    )


def _looked_up(url: str) -> str:
    """The host whose name this machine has to know: a proxy's, where one leads to ``url``."""
    proxy = _proxy_for(url)
    return urlsplit(proxy or url).hostname or ""


def _proxy_for(url: str) -> str | None:
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_here(url) or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _is_here(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _addresses(host: str) -> Sequence[str]:
    """None at all where the name is not known."""

    def look_up() -> list[str]:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return list(dict.fromkeys(str(address[0]) for *_, address in found))

    try:
        return await aside(look_up, name="rucio-name-lookup")[1]
    except OSError:
        return ()


def _common_name(certificate: object) -> str:
    """The most telling part of the subject, of what ``get_ca_certs`` gives."""
    subject = certificate.get("subject", ()) if isinstance(certificate, dict) else ()
    parts = {key: value for names in subject for key, value in names}
    return str(parts.get("commonName") or parts.get("organizationName") or "a CA without a name")
