"""All addresses of this extension. docs/api/openapi.yaml describes each of them."""

from __future__ import annotations

import re

from rucio_jupyterlab.handlers.attachments import AttachmentFilesHandler, AttachmentsHandler
from rucio_jupyterlab.handlers.availability import AvailabilityHandler, PlanHandler
from rucio_jupyterlab.handlers.base import PREFIX, RucioHandler
from rucio_jupyterlab.handlers.credentials import CredentialsHandler
from rucio_jupyterlab.handlers.diagnosis import DiagnosisHandler
from rucio_jupyterlab.handlers.dids import (
    DidContentHandler,
    DidFilesHandler,
    DidHandler,
    DidParentsHandler,
    DidReplicasHandler,
    DidRulesHandler,
    DidsHandler,
    MetadataKeysHandler,
    ScopesHandler,
)
from rucio_jupyterlab.handlers.downloads import CopiesHandler, DownloadsHandler
from rucio_jupyterlab.handlers.files import FilesHandler
from rucio_jupyterlab.handlers.hello import HelloHandler, NothingHereHandler
from rucio_jupyterlab.handlers.instances import InstancesHandler, ReloadHandler
from rucio_jupyterlab.handlers.jobs import (
    JobHandler,
    JobLogHandler,
    JobRetryHandler,
    JobsHandler,
)
from rucio_jupyterlab.handlers.rules import RuleFilesHandler, RuleHandler, RulesHandler
from rucio_jupyterlab.handlers.storage import RsesHandler, UsageHandler
from rucio_jupyterlab.handlers.uploads import UploadPlanHandler, UploadsHandler

# The name of an instance, or the id of a rule or a job, is one quoted piece of the path.
_PIECE = r"([^/]+)"

ROUTES: dict[str, type[RucioHandler]] = {
    "hello": HelloHandler,
    "files": FilesHandler,
    "instances": InstancesHandler,
    "instances/reload": ReloadHandler,
    "instances/{instance}/diagnosis": DiagnosisHandler,
    "instances/{instance}/credentials": CredentialsHandler,
    "instances/{instance}/scopes": ScopesHandler,
    "instances/{instance}/metadata-keys": MetadataKeysHandler,
    "instances/{instance}/rses": RsesHandler,
    "instances/{instance}/usage": UsageHandler,
    "instances/{instance}/dids": DidsHandler,
    "instances/{instance}/did": DidHandler,
    "instances/{instance}/did/content": DidContentHandler,
    "instances/{instance}/did/files": DidFilesHandler,
    "instances/{instance}/did/replicas": DidReplicasHandler,
    "instances/{instance}/did/rules": DidRulesHandler,
    "instances/{instance}/did/parents": DidParentsHandler,
    "instances/{instance}/availability": AvailabilityHandler,
    "instances/{instance}/availability/plan": PlanHandler,
    "instances/{instance}/rules": RulesHandler,
    "instances/{instance}/rules/{rule}": RuleHandler,
    "instances/{instance}/rules/{rule}/files": RuleFilesHandler,
    "instances/{instance}/attachments": AttachmentsHandler,
    "instances/{instance}/attachments/files": AttachmentFilesHandler,
    "instances/{instance}/downloads": DownloadsHandler,
    "instances/{instance}/copies": CopiesHandler,
    "instances/{instance}/uploads": UploadsHandler,
    "instances/{instance}/uploads/plan": UploadPlanHandler,
    "jobs": JobsHandler,
    "jobs/{job}": JobHandler,
    "jobs/{job}/retry": JobRetryHandler,
    "jobs/{job}/log": JobLogHandler,
}


def routes() -> list[tuple[str, type[RucioHandler]]]:
    """Patterns below the server's base URL, the last of which takes what no other does."""
    known = [
        (f"{PREFIX}/{re.sub(r'{[a-z]+}', _PIECE, path)}", handler)
        for path, handler in ROUTES.items()
    ]
    return [*known, (f"{PREFIX}(?:/.*)?", NothingHereHandler)]
