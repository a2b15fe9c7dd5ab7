"""Starts a lake: everything in the background, in the order in which one part needs another."""

from __future__ import annotations

import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lake import front
from lake.connection import connection
from lake.down import end_lake
from lake.endpoints import Endpoints
from lake.environment import ensure_environment, python, rucio_environment
from lake.errors import LakeError
from lake.postgres import Postgres
from lake.process import Process, Supervisor, loopback_socket, port_of
from lake.rucio_config import database_url, write_rucio_config
from lake.state import Options, State, write_json
from lake.storage import storage_for
from lake.topology import WEBDAV
from lake.webdav import Webdav
from lake.xcache import Xcache

Say = Callable[[str], None]
HEALTHY_WITHIN_S = 60.0
# A lake of which one of these is missing is not up.
PARTS = frozenset({"transfer-service", "issuer", "rucio-server", "daemons"})


@dataclass(frozen=True)
class Started:
    """`was_running` tells a lake that was up already; `seconds` is how long the start took."""

    connection: dict[str, Any]
    was_running: bool
    seconds: float


def start_lake(state: State, options: Options, say: Say) -> Started:
    """Starts the lake in `state`, or finds it running.

    Raises:
        LakeError: it did not start; whatever had been started is ended again.
    """
    with state.locked():
        known = state.read_options()
        if known is not None and (known.storage, known.db) != (options.storage, options.db):
            raise LakeError(
                f"The lake in {state.root} has {known.storage} storage on {known.db}. "
                f"Use another --state, or delete this one first: "
                f"python -m lake down --delete --state {state.root}"
            )
        supervisor = Supervisor(state)
        running = {process.name for process in supervisor.running()}
        parts = PARTS | {front.NAME} if known is not None and known.tls else PARTS
        if running >= parts and state.connection_file.exists():
            if options.tls and front.NAME not in parts:
                raise LakeError(
                    f"The lake in {state.root} is up without TLS. End it first, its data stay: "
                    f"python -m lake down --state {state.root}"
                )
            return Started(
                json.loads(state.connection_file.read_text()), was_running=True, seconds=0.0
            )
        # Something may be left of a lake that did not end as it should.
        end_lake(state)
        if known is not None and not state.built_file.exists():
            # An earlier start was cut short, and half a catalogue is of no use.
            state.delete_contents()
        ensure_environment(say)
        began = time.monotonic()
        try:
            document = _start(state, options, supervisor)
        except BaseException:
            end_lake(state)
            raise
        return Started(document, was_running=False, seconds=time.monotonic() - began)


def _start(state: State, options: Options, supervisor: Supervisor) -> dict[str, Any]:
    state.prepare()
    state.write_options(options)
    environment = rucio_environment(state)
    tls_front = front.Front(state, supervisor) if options.tls else None
    dav = Webdav(state, supervisor) if options.tls else None
    xcache = Xcache(state, supervisor) if options.storage == "xrootd" else None
    postgres = Postgres(state, supervisor) if options.db == "postgres" else None
    with (
        loopback_socket() as rucio,
        loopback_socket() as transfers,
        loopback_socket() as issuer,
        loopback_socket() as control,
        loopback_socket() as over_webdav,
    ):
        storage = storage_for(options, state, supervisor)
        protocols, copies = storage.start(), {}
        if dav is not None and dav.is_possible:
            protocols[WEBDAV.name] = dav.protocol(port_of(over_webdav))
            if for_copies := storage.protocol_for_copies(WEBDAV):
                copies[WEBDAV.name] = for_copies
        endpoints = Endpoints(
            rucio_url=f"http://127.0.0.1:{port_of(rucio)}",
            transfer_url=f"http://127.0.0.1:{port_of(transfers)}",
            # As tokens have it in ``iss``: with the slash.
            issuer_url=f"http://127.0.0.1:{port_of(issuer)}/",
            protocols=protocols,
            copies=copies,
            xcache=xcache.start(protocols) if xcache is not None else None,
        )
        if postgres is not None:
            postgres.start()
        control_url = f"http://127.0.0.1:{port_of(control)}"
        write_json(state.endpoints_file, endpoints)
        write_rucio_config(
            state,
            database=database_url(state, postgres),
            rucio_url=endpoints["rucio_url"],
            issuer_url=endpoints["issuer_url"],
        )
        if tls_front is not None:
            tls_front.prepare()
        _launch(
            supervisor,
            environment,
            "transfer-service",
            ["lake.transfers.service", str(transfers.fileno()), str(state.root / "storage")],
            transfers,
        )
        sign_on = _launch(
            supervisor, environment, "issuer", ["lake.issuer", str(issuer.fileno())], issuer
        )
        _build(state, environment)
        # Rucio asks it for its keys.
        _wait_until_healthy(state, sign_on, f"{endpoints['issuer_url']}jwk")
        server = _launch(
            supervisor,
            environment,
            "rucio-server",
            [
                "gunicorn",
                "--config=python:lake.rucio_side.gunicorn_conf",
                f"--bind=fd://{rucio.fileno()}",
                "lake.rucio_side.wsgi:application",
            ],
            rucio,
            # At once, and not once the last client has hung up; the catalogue is transactional.
            stop_signal="SIGQUIT",
        )
        daemons = _launch(
            supervisor,
            # Storages let them in by it.
            environment | ({"X509_USER_PROXY": str(state.tls.robot)} if options.tls else {}),
            "daemons",
            ["lake.rucio_side.daemons", str(control.fileno()), str(options.repair_after_s)],
            control,
        )
        tls = tls_front.start(endpoints["rucio_url"]) if tls_front is not None else None
        if dav is not None and WEBDAV.name in protocols:
            dav.start(over_webdav, endpoints["issuer_url"])
    storage.mount()
    _wait_until_healthy(state, server, f"{endpoints['rucio_url']}/ping")
    _wait_until_healthy(state, daemons, control_url)
    document = connection(
        state,
        options,
        endpoints,
        control_url=control_url,
        tls=tls,
        pids={process.name: process.pid for process in supervisor.records()},
        examples=json.loads(state.built_file.read_text())["examples"],
    )
    write_json(state.connection_file, document)
    return document


def _launch(
    supervisor: Supervisor,
    environment: dict[str, str],
    name: str,
    module: list[str],
    listening: socket.socket,
    *,
    stop_signal: str = "SIGTERM",
) -> Process:
    """A Python module beside Rucio, with its arguments, that serves on the socket `listening`."""
    return supervisor.start(
        name,
        [python(), "-m", *module],
        environment=environment,
        inherit=[listening],
        stop_signal=stop_signal,
    )


def _build(state: State, environment: dict[str, str]) -> None:
    log = state.log("build")
    with log.open("ab") as output:
        done = subprocess.run(
            [str(python()), "-m", "lake.rucio_side.build"],
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            check=False,
        )
    if done.returncode != 0:
        raise LakeError("The lake's catalogue could not be built.", log=log)


def _wait_until_healthy(state: State, process: Process, url: str) -> None:
    """Returns once `url` answers.

    Raises:
        LakeError: the process ended, or nothing answered in time.
    """
    deadline = time.monotonic() + HEALTHY_WITHIN_S
    while True:
        try:
            # No proxy between this machine and itself, whatever the environment says.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(url, timeout=5):
                return
        except (urllib.error.URLError, OSError):
            pass
        if not process.is_running():
            raise LakeError(
                f"The lake's {process.name} ended while starting.", log=state.log(process.name)
            )
        if time.monotonic() > deadline:
            raise LakeError(
                f"The lake's {process.name} did not answer within {HEALTHY_WITHIN_S:g} s.",
                log=state.log(process.name),
            )
        time.sleep(0.1)
