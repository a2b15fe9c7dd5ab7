"""``python -m rucio_jupyterlab.jobs.worker``: one job, as the first line of standard input says.

Standard input then stays open for as long as the server that started it lives: where it ends, so
does the worker with all that it has started.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.worker.report import Report
from rucio_jupyterlab.quiet_logs import keep_secrets_out_of_logs, whereabouts

# By kind of job: each has ``run(payload, context)``. Imported when needed: both take a while.
MODULES = {
    "download": "rucio_jupyterlab.jobs.worker.download",
    "upload": "rucio_jupyterlab.jobs.worker.upload",
}
STOPPING_LIMIT_S = 1.5

log = logging.getLogger("rucio_jupyterlab.jobs.worker")


def main() -> int:
    out = _private_stdout()
    request = json.loads(sys.stdin.readline())
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: _stop(stopping))
    threading.Thread(target=_end_with_server, args=(stopping,), daemon=True).start()
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s"
    )
    keep_secrets_out_of_logs()
    report = Report(out)
    error = _work(request, report, stopping)
    if error is not None:
        log.error("%s", error.message)
        if error.rucio is not None:
            log.error("%s: %s", error.rucio.exception_class, error.rucio.exception_message)
    report.end(error)
    return 0 if error is None else 1


def _work(
    request: dict[str, Any], report: Report, stopping: threading.Event
) -> ExtensionError | None:
    try:
        from urllib3.exceptions import InsecureRequestWarning  # noqa: PLC0415

        from rucio_jupyterlab.jobs.worker.context import WorkerContext  # noqa: PLC0415
        from rucio_jupyterlab.jobs.worker.rucio_errors import understood  # noqa: PLC0415
        from rucio_jupyterlab.jobs.worker.storage_tls import verify_storages  # noqa: PLC0415

        verify_storages()
        # Nothing here is sent to whoever answers: what the library would send so, fails.
        warnings.simplefilter("error", InsecureRequestWarning)
        context = WorkerContext(
            report, request["files_at_once"], Path(os.environ["RUCIO_HOME"]), stopping
        )
        module = import_module(MODULES[request["kind"]])
    except ImportError as error:
        return ExtensionError(
            f"The Rucio client library cannot be used here: {error}.",
            code="rucio_clients_missing",
            hint="Ask the operator to install rucio-clients beside this extension.",
        )
    try:
        module.run(request["payload"], context)
    except ExtensionError as error:
        return error
    except Exception as error:  # noqa: BLE001 - whatever it is, the user has to be told
        # Without the exception's text, which nobody has foreseen: it may quote a secret.
        log.error("%s", whereabouts(error))  # noqa: TRY400
        return understood(error, request["payload"].get("display_name", "Rucio"))
    return None


def _private_stdout() -> TextIO:
    """The report's own way out: whatever a library prints goes to the log instead."""
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return out


def _end_with_server(stopping: threading.Event) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    _stop(stopping)


def _stop(stopping: threading.Event) -> None:
    """Work is told, and ends by itself or is ended, with the programs that it has started."""
    if stopping.is_set():
        return
    stopping.set()
    timer = threading.Timer(STOPPING_LIMIT_S, lambda: os.killpg(0, signal.SIGKILL))
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    sys.exit(main())
