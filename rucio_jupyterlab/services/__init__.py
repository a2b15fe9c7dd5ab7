"""The use cases. They know Rucio's types, and nothing of Tornado or of how Jupyter calls them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from rucio_jupyterlab.client.transport import Timeouts
from rucio_jupyterlab.config.load import Configuration, load_configuration
from rucio_jupyterlab.config.traits import RucioConfig
from rucio_jupyterlab.jobs.manager import Jobs, Limits
from rucio_jupyterlab.jobs.model import Job
from rucio_jupyterlab.jobs.process import Settings, Worker
from rucio_jupyterlab.jobs.store import JobStore
from rucio_jupyterlab.paths.contents import ContentsRoot
from rucio_jupyterlab.services.attachments import Attachments
from rucio_jupyterlab.services.availability.deep import DeepLook
from rucio_jupyterlab.services.availability.local import LocalAvailability
from rucio_jupyterlab.services.availability.service import AvailabilityService
from rucio_jupyterlab.services.availability.watcher import Emit, Watchers
from rucio_jupyterlab.services.browse import Browse
from rucio_jupyterlab.services.catalogue_parents import Parents
from rucio_jupyterlab.services.client_settings import ClientSettingsMaker
from rucio_jupyterlab.services.copies.service import Copies
from rucio_jupyterlab.services.credentials import CredentialStore, StorePolicy
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.diagnosis.kernels import FindKernelSpecs
from rucio_jupyterlab.services.diagnosis.service import DiagnosisService
from rucio_jupyterlab.services.download_events import DownloadEvents
from rucio_jupyterlab.services.downloads import Downloads
from rucio_jupyterlab.services.files import FilePicker
from rucio_jupyterlab.services.instances import Instances
from rucio_jupyterlab.services.job_view import JobView
from rucio_jupyterlab.services.locations import Locations
from rucio_jupyterlab.services.manifests import Manifests
from rucio_jupyterlab.services.metadata_keys import MetadataKeys
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.policy import Policy
from rucio_jupyterlab.services.reading import Reading
from rucio_jupyterlab.services.rules import Rules
from rucio_jupyterlab.services.scratch import ScratchCleaner
from rucio_jupyterlab.services.sessions import Sessions
from rucio_jupyterlab.services.storage_replicas import ReplicasBySite
from rucio_jupyterlab.services.storage_sites import StorageSites
from rucio_jupyterlab.services.uploads.choice import RseChooser
from rucio_jupyterlab.services.uploads.service import Uploads
from rucio_jupyterlab.services.ways_in import WaysIn


@dataclass(frozen=True)
class Services:
    """All use cases of one server."""

    instances: Instances
    sessions: Sessions
    browse: Browse
    parents: Parents
    metadata_keys: MetadataKeys
    replicas: ReplicasBySite
    sites: StorageSites
    availability: AvailabilityService
    rules: Rules
    attachments: Attachments
    watchers: Watchers
    files: FilePicker
    diagnosis: DiagnosisService
    jobs: Jobs
    job_view: JobView
    copies: Copies
    reading: Reading
    downloads: Downloads
    download_events: DownloadEvents
    uploads: Uploads
    rse_chooser: RseChooser
    scratch_cleaner: ScratchCleaner
    client_settings: ClientSettingsMaker

    def start(self) -> None:
        """Begins background work.

        Needs a running event loop; returns at once, asks nobody anything.
        """
        self.instances.start()
        self.jobs.start()
        # Credentials are in it: not only once there is work again.
        asyncio.get_running_loop().run_in_executor(None, self.client_settings.remove_left)

    async def aclose(self) -> None:
        """Ends jobs, watchers and connections."""
        await self.jobs.aclose()
        await self.download_events.aclose()
        await self.watchers.aclose()
        await self.instances.aclose()
        await self.sessions.aclose()


def build_services(
    config: RucioConfig,
    *,
    environ: Mapping[str, str],
    data_dir: Path,
    runtime_dir: Path,
    emit_availability: Emit,
    emit_job: Emit,
    find_kernel_specs: FindKernelSpecs,
    contents_root: ContentsRoot | None = None,
    read_config: Callable[[], RucioConfig] | None = None,
    may_send_from: str | None = None,
) -> Services:
    """Puts the services together. No network, no disk.

    Args:
        config: what the operator configured.
        environ: where ``RUCIO_*``, tokens and proxies are looked up.
        data_dir: for what lasts (credentials), ours alone.
        runtime_dir: for what a restart may lose (manifests), ours alone.
        emit_availability: sends an availability event; False when nobody listens.
        emit_job: likewise an event about a job.
        find_kernel_specs: what kernels there are, as Jupyter's kernel spec manager gives them.
        contents_root: what Jupyter's file browser shows; None where that is no folder.
        read_config: reads the operator's configuration anew, for a reload. Blocks, and raises
            ConfigurationError. None: it is ``config`` still.
        may_send_from: the folder below which uploads take files, besides what Jupyter shows and
            scratch storages. None: the user's home folder.
    """
    mounts = Mounts()
    watchers = Watchers(emit_availability)
    sessions = Sessions(
        CredentialStore(data_dir / "credentials", cast("StorePolicy", config.store_credentials)),
        WaysIn(environ),
        Timeouts(read_s=config.request_timeout_s),
        may_type=config.allow_typing_credentials,
    )
    files = FilePicker(config.picker_root if config.allow_typing_credentials else None, mounts)

    def read_again() -> Configuration:
        return load_configuration(read_config() if read_config else config, environ)

    async def forget(instance: str) -> None:
        watchers.forget(instance)
        await sessions.forget(instance)

    copies = Copies(config.download_folder, contents_root)
    instances = Instances(
        load_configuration(config, environ),
        read_again=read_again,
        forget=forget,
        cache_dir=data_dir / "remote",
        sessions=sessions,
        mounts=mounts,
        policy=Policy(**sessions.policy(), pick_files=files.is_enabled),
        contents_root=contents_root,
        copies=copies,
    )

    def _changed(job: Job, is_removed: bool) -> None:
        emit_job({**job_view.to_dict(job), **({"removed": True} if is_removed else {})})
        download_events.job_changed(job)

    destinations = Destinations(instances, mounts)
    locations = Locations(destinations)
    # One for rows and details: they say the same, and Rucio counts once for both.
    deep = DeepLook()
    maker = ClientSettingsMaker(sessions, runtime_dir / "clients", environ)

    def settings_for(name: str) -> AbstractAsyncContextManager[Settings]:
        return maker.settings(instances.get(name))

    jobs = Jobs(
        JobStore(data_dir / "jobs" / "jobs.sqlite3"),
        data_dir / "jobs" / "logs",
        Worker(settings_for),
        Limits(config.jobs_at_once, config.files_at_once, config.job_history_days),
        _changed,
    )
    job_view = JobView(jobs, instances, contents_root)
    downloads = Downloads(sessions, jobs, copies)
    local = LocalAvailability(sessions, copies, downloads)
    availability = AvailabilityService(
        sessions, destinations, mounts, watchers, deep=deep, local=local
    )
    download_events = DownloadEvents(instances, availability, watchers)
    metadata_keys = MetadataKeys(sessions)
    manifests = Manifests(runtime_dir / "manifests")
    return Services(
        instances=instances,
        sessions=sessions,
        browse=Browse(sessions, locations, metadata_keys),
        parents=Parents(sessions),
        metadata_keys=metadata_keys,
        replicas=ReplicasBySite(sessions, deep),
        sites=StorageSites(sessions, mounts),
        availability=availability,
        rules=Rules(sessions, availability),
        attachments=Attachments(
            sessions, availability, locations, manifests, mounts, copies=copies
        ),
        watchers=watchers,
        files=files,
        diagnosis=DiagnosisService(instances, sessions, destinations, mounts, find_kernel_specs),
        jobs=jobs,
        client_settings=maker,
        job_view=job_view,
        copies=copies,
        reading=Reading(sessions, destinations, mounts, copies),
        downloads=downloads,
        download_events=download_events,
        uploads=Uploads(
            sessions,
            destinations,
            mounts,
            jobs,
            contents_root=contents_root,
            home=may_send_from or environ.get("HOME") or str(Path.home()),
        ),
        rse_chooser=RseChooser(sessions, destinations, mounts),
        scratch_cleaner=ScratchCleaner(sessions, destinations, mounts, jobs),
    )
