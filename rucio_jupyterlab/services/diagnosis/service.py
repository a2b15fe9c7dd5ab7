"""Puts the checks of one instance together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime, timezone

from rucio_jupyterlab.client.rses import RseProtocol
from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services.destinations import Destinations
from rucio_jupyterlab.services.diagnosis import (
    configuration,
    identity,
    network,
    storage,
    tools,
)
from rucio_jupyterlab.services.diagnosis.identity import Identities
from rucio_jupyterlab.services.diagnosis.kernels import FindKernelSpecs, Kernels
from rucio_jupyterlab.services.diagnosis.model import Check, Diagnosis, Finding, Step
from rucio_jupyterlab.services.diagnosis.network import Network
from rucio_jupyterlab.services.diagnosis.report import as_text
from rucio_jupyterlab.services.diagnosis.running import run
from rucio_jupyterlab.services.diagnosis.storage import Storage
from rucio_jupyterlab.services.diagnosis.tools import Tools
from rucio_jupyterlab.services.instances import Instances
from rucio_jupyterlab.services.mounts import Mounts
from rucio_jupyterlab.services.sessions import Sessions

CONFIGURATION_TITLE = "Configuration"


class DiagnosisService:
    """Looks at everything between here and the data of an instance."""

    def __init__(
        self,
        instances: Instances,
        sessions: Sessions,
        destinations: Destinations,
        mounts: Mounts,
        find_kernel_specs: FindKernelSpecs,
    ) -> None:
        self._instances = instances
        self._sessions = sessions
        self._destinations = destinations
        self._mounts = mounts
        self._kernels = Kernels(find_kernel_specs)

    async def diagnose(self, name: str) -> Diagnosis:
        """Also of an instance that cannot be used. Ends after some 20 seconds at the latest.

        Raises:
            UnknownInstance: there is none of that name.
        """
        checked_at = datetime.now(timezone.utc)
        instance: Instance | None = None
        try:
            instance = self._instances.get(name)
        except ConfigurationError as problem:
            checks = await run(self._steps_without(problem))
        else:
            checks = await self._checks_of(instance)
        report = await asyncio.to_thread(as_text, name, instance, checks, checked_at)
        return Diagnosis(tuple(checks), report, checked_at)

    async def _checks_of(self, instance: Instance) -> list[Check]:
        way = Network(instance)
        places = [
            Storage(instance, place, self._sessions, self._destinations, self._mounts)
            for place in instance.destinations
        ]

        async def of_configuration() -> Finding:
            return configuration.of_instance(instance)

        def protocols() -> Sequence[RseProtocol]:
            return [known for place in places if place.record for known in place.record.protocols]

        identities = Identities(instance, self._sessions)
        storage_steps = [step for place in places for step in place.steps()]
        try:
            return await run(
                [
                    Step("configuration", CONFIGURATION_TITLE, of_configuration),
                    *way.steps(),
                    *identities.steps(),
                    *(storage_steps or _outline(storage.TITLES, configuration.no_destination())),
                    *self._kernels.steps(),
                    *Tools(
                        instance, protocols, after=[step.name for step in storage_steps]
                    ).steps(),
                ]
            )
        finally:
            await way.aclose()

    def _steps_without(self, problem: ConfigurationError) -> list[Step]:
        """What is left to look at where there is no instance, and what is not."""
        found = configuration.of_problem(problem)

        async def of_configuration() -> Finding:
            return found

        needing = {**network.TITLES, **identity.TITLES, **storage.TITLES}
        return [
            Step("configuration", CONFIGURATION_TITLE, of_configuration),
            *_outline(needing, found),
            *self._kernels.steps(),
            *_outline(tools.TITLES, found),
        ]


def _outline(titles: dict[str, str], found: Finding) -> list[Step]:
    """Steps that need a usable configuration, and find ``found`` where there is one."""

    async def look() -> Finding:
        return found

    return [Step(name, title, look, needs=("configuration",)) for name, title in titles.items()]
