"""All addresses of this extension. docs/api/openapi.yaml describes each of them."""

from __future__ import annotations

from rucio_jupyterlab.handlers.attachments import AttachmentsHandler
from rucio_jupyterlab.handlers.availability import AvailabilityHandler
from rucio_jupyterlab.handlers.base import RucioHandler
from rucio_jupyterlab.handlers.dids import (
    DidContentHandler,
    DidFilesHandler,
    DidHandler,
    DidsHandler,
)
from rucio_jupyterlab.handlers.hello import HelloHandler, NothingHereHandler
from rucio_jupyterlab.handlers.instances import CredentialsHandler, InstancesHandler

PREFIX = "rucio-jupyterlab"

# An instance's name is one quoted piece of the path.
_INSTANCE = r"([^/]+)"

ROUTES: dict[str, type[RucioHandler]] = {
    "hello": HelloHandler,
    "instances": InstancesHandler,
    "instances/{instance}/credentials": CredentialsHandler,
    "instances/{instance}/dids": DidsHandler,
    "instances/{instance}/did": DidHandler,
    "instances/{instance}/did/content": DidContentHandler,
    "instances/{instance}/did/files": DidFilesHandler,
    "instances/{instance}/availability": AvailabilityHandler,
    "instances/{instance}/attachments": AttachmentsHandler,
}


def routes() -> list[tuple[str, type[RucioHandler]]]:
    """Patterns below the server's base URL, the last of which takes what no other does."""
    known = [
        (f"{PREFIX}/{path.replace('{instance}', _INSTANCE)}", handler)
        for path, handler in ROUTES.items()
    ]
    return [*known, (f"{PREFIX}(?:/.*)?", NothingHereHandler)]
