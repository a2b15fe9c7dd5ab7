"""What can be asked of and done in one Rucio instance, for code with an event loop of its own."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import AsyncExitStack, aclosing
from typing import Any

from rucio_jupyterlab import standalone
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.client.dids import SearchType
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.jobs.model import Job
from rucio_jupyterlab.kernels import notebook
from rucio_jupyterlab.python.conditions import Conditions, filters_of
from rucio_jupyterlab.python.following import Progress, follow, follow_job
from rucio_jupyterlab.services import Services
from rucio_jupyterlab.services.attachments import Resolved, Wanted
from rucio_jupyterlab.services.availability.model import Availability
from rucio_jupyterlab.services.uploads.model import UploadPlan, UploadRequest


class Lake:
    """One instance, with the user's sign-in. DIDs are texts, ``scope:name``.

    All methods raise the extension's errors (``rucio_jupyterlab.RucioError``): NotAuthenticated,
    RucioUnreachable, RucioTimeout and so on.
    """

    def __init__(self, services: Services, instance: Instance) -> None:
        self.instance = instance
        self._services = services

    async def scopes(self) -> list[str]:
        """All of them, sorted."""
        found = self._services.browse.scopes(self.instance)
        async with aclosing(found):
            return [item["scope"] async for item in found]

    async def search(
        self,
        pattern: str,
        *,
        type: SearchType = "collection",
        filters: Conditions | None = None,
        recursive: bool = False,
        limit: int | None = None,
    ) -> AsyncGenerator[dict[str, Any], None]:
        """DidItems of the REST contract, as Rucio sends them: ``did``, ``type``, ``size`` (bytes)
        and ``length`` (files), the last two None where Rucio does not say.

        Args:
            pattern: ``scope:name``, where ``*`` in the name stands for anything, or a scope.
            type: ``all``, ``collection``, ``container``, ``dataset`` or ``file``.
            filters: see :func:`rucio_jupyterlab.python.conditions.filters_of`.
            recursive: what is inside the collections of that name, at any depth.
            limit: at most so many.

        Raises:
            BadRequest: code ``wildcard_disabled``, ``invalid_filter``, …
            UnknownScope: there is no such scope.
        """
        scope, _, name = pattern.strip().partition(":")
        found = self._services.browse.search(
            self.instance,
            scope=scope,
            name="" if name == "*" else name,
            type=type,
            filters=filters_of(filters),
            recursive=recursive,
            limit=limit,
        )
        count = 0
        async with aclosing(found):
            async for item in found:
                if count == limit:
                    return
                count += 1
                yield item

    async def details(self, did: str) -> dict[str, Any]:
        """A DidItem with ``metadata``, ``account``, ``created_at`` and ``open``.

        Raises:
            UnknownDid: Rucio has no such DID.
        """
        return await self._services.browse.details(self.instance, Did.parse(did))

    async def content(self, did: str) -> AsyncGenerator[dict[str, Any], None]:
        """The children of a collection, one level, as DidItems."""
        found = self._services.browse.content(self.instance, Did.parse(did))
        async with aclosing(found):
            async for item in found:
                yield item

    async def availability(self, dids: Iterable[str]) -> list[Availability]:
        """In the order asked. What cannot be found out about one is said in its own entry."""
        return await self._services.availability.get(self.instance, _parsed(dids))

    async def resolve(self, dids: Iterable[str]) -> list[Resolved]:
        """Where their files are, in the order asked."""
        wanted = [Wanted(did, "value") for did in _parsed(dids)]
        return await self._services.attachments.resolve(self.instance, wanted)

    async def make_available(
        self, did: str, *, rse: str | None = None, lifetime_days: int | None = None
    ) -> Availability:
        """Asks Rucio for a copy at the destination, or begins a download in download mode. Does not
        wait for it. What is there or on its way already is fine.

        Raises:
            QuotaExceeded, Forbidden, UnknownDid, …: Rucio refuses.
        """
        if lifetime_days is not None and lifetime_days < 1:
            raise BadRequest("A lifetime is at least one day.", code="bad_lifetime")
        return await self._services.availability.make_available(
            self.instance, Did.parse(did), rse, lifetime_days
        )

    def follow(
        self, dids: Iterable[str], *, timeout_s: float | None = None
    ) -> AsyncGenerator[Progress, None]:
        """How it comes, until all are available.

        Raises, while iterating:
            TimeoutError: it takes longer; what still moves is said.
            TransferFailed: it does not come, and why.
            DIDNotAvailableException: nothing brings it here.
        """
        return follow(self._services, self.instance, _parsed(dids), timeout_s)

    async def plan_upload(
        self,
        paths: Sequence[str],
        *,
        scope: str,
        rse: str | None = None,
        dataset: str | None = None,
        prefix: str = "",
        lifetime_days: int | None = None,
        rename: bool = False,
        keep_scratch: bool = False,
    ) -> UploadPlan:
        """What an upload would create, and what stands in its way.

        Args:
            paths: absolute; folders with all that is in them, hidden files left out.
            scope: of the uploaded files.
            rse: or an RSE expression. None: the storage that is mounted here.
            dataset: ``scope:name`` of the dataset that takes them; made if there is none.
            prefix: of the DIDs' names, such as ``run7/``.
            lifetime_days: 0 is for ever, None what the instance sets.
            rename: files whose names Rucio refuses get the names that are proposed.
            keep_scratch: copies in scratch space stay for two days.
        """
        if rse is None and not self.instance.destinations:
            raise BadRequest("Say with rse= to which storage the files go.", code="no_rse")
        days = self.instance.replication_rule_lifetime_days
        request = UploadRequest(
            paths=tuple(paths),
            scope=scope,
            rse=(rse or self.instance.destinations[0].rse).strip(),
            prefix=prefix,
            dataset=Did.parse(dataset) if dataset else None,
            lifetime_days=(days if lifetime_days is None else lifetime_days) or None,
            keeps_scratch=keep_scratch,
            uses_proposals=rename,
        )
        plan, _ = await standalone.plan_upload(self._services, self.instance, request)
        return plan

    async def upload(self, plan: UploadPlan) -> Job:
        """Begins it.

        Raises:
            ExtensionError: the first problem of the plan; nothing has been created then.
        """
        return await self._services.uploads.start(self.instance, plan)

    def follow_job(
        self, job_id: str, *, timeout_s: float | None = None
    ) -> AsyncGenerator[Job, None]:
        """How it goes on, and at last how it has ended.

        Raises, while iterating:
            TimeoutError: it takes longer, and goes on.
        """
        return follow_job(self._services, job_id, timeout_s)

    async def job(self, job_id: str) -> dict[str, Any]:
        """Job of the REST contract, with its items."""
        return await self._services.job_view.whole(await self._services.jobs.get(job_id))

    async def cancel(self, job_id: str) -> None:
        """Ends it within two seconds; what has arrived whole stays."""
        await self._services.jobs.cancel(job_id)


class AsyncClient:
    """Opens a :class:`Lake` in the running event loop: ``async with AsyncClient() as lake: …``.

    Args:
        instance: a configured one. None: that of the notebook, else the configuration's default.
    """

    def __init__(self, instance: str | None = None) -> None:
        self._name = instance
        self._opened = AsyncExitStack()

    async def __aenter__(self) -> Lake:
        """
        Raises:
            UnknownInstance, ConfigurationError: there is none, or it cannot be used.
        """
        opening = standalone.open_services(standalone.read_config(), may_send_from=os.sep)
        services = await self._opened.enter_async_context(opening)
        try:
            name = self._name or notebook.instance()
            return Lake(services, standalone.chosen(services, name))
        except BaseException:
            await self._opened.aclose()
            raise

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()


def _parsed(dids: Iterable[str]) -> list[Did]:
    return [Did.parse(did) for did in dids]
