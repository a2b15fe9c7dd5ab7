"""Jobs in the form of the contract."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from rucio_jupyterlab.errors import ExtensionError
from rucio_jupyterlab.jobs.manager import Jobs
from rucio_jupyterlab.jobs.model import Job
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.instances import Instances

MOST_ITEMS = 2000


class JobView:
    """``contents_root`` is what Jupyter's file browser shows; None where that is no folder."""

    def __init__(
        self, jobs: Jobs, instances: Instances, contents_root: ContentsRoot | None
    ) -> None:
        self._jobs = jobs
        self._instances = instances
        self._contents_root = contents_root

    def to_dict(self, job: Job) -> dict[str, Any]:
        """Job, without its items."""
        path = None
        if job.path is not None and self._contents_root is not None:
            path = self._contents_root.path_of(job.path)
        return job.to_dict(is_here=self._jobs.is_here(job), contents_path=path)

    async def whole(self, job: Job) -> dict[str, Any]:
        """Job with its items, those that failed first."""
        items = await self._jobs.items(job.id, MOST_ITEMS + 1)
        webui_url = self._webui_url(job.instance)
        return {
            **self.to_dict(job),
            "items": [
                item.to_dict(_rule_url(webui_url, item.rule_id)) for item in items[:MOST_ITEMS]
            ],
            "items_truncated": len(items) > MOST_ITEMS,
        }

    def _webui_url(self, instance: str) -> str | None:
        try:
            return self._instances.get(instance).rucio_webui_url
        except ExtensionError:
            # It is no longer configured; its jobs are still history.
            return None


def _rule_url(webui_url: str | None, rule_id: str | None) -> str | None:
    if webui_url is None or rule_id is None:
        return None
    return f"{webui_url}/rule?{urlencode({'rule_id': rule_id})}"
