"""Whether the operator's configuration can be used."""

from __future__ import annotations

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.errors import ConfigurationError
from rucio_jupyterlab.services.diagnosis.model import Finding, fine, irrelevant, warning, wrong

MEND_HINT = "Ask the operator to mend RucioConfig.instances in jupyter_server_config."


def of_instance(instance: Instance) -> Finding:
    if instance.warnings:
        return warning(_sentence("It can be used, but " + "; ".join(instance.warnings)), MEND_HINT)
    places = ", ".join(place.rse for place in instance.destinations) or "none"
    return fine(f"Mode {instance.mode}; storage mounted here: {places}.")


def of_problem(problem: ConfigurationError) -> Finding:
    """Why there is no instance: each wrong key, with the reason."""
    if problem.code == "configuration_pending":
        return wrong(problem.message, problem.hint)
    if not problem.details:
        return wrong(problem.message, problem.hint or MEND_HINT)
    keys = "; ".join(f"{detail.key} {detail.reason}" for detail in problem.details)
    return wrong(_sentence(keys), problem.hint or MEND_HINT)


def no_destination() -> Finding:
    return irrelevant("No storage is mounted here: in download mode files are copied instead.")


def _sentence(text: str) -> str:
    return text if text.endswith(".") else text + "."
