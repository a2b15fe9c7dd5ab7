"""The handshake, the addresses, and who may use them."""

from __future__ import annotations

from typing import Any

import pytest

from rucio_jupyterlab.handlers.routes import ROUTES

from .conftest import Api, at
from .contract import Contract

METHODS = ("get", "put", "post", "delete", "patch")


async def test_the_browser_learns_whom_it_talks_to(api: Api) -> None:
    answer = await api.get("hello")
    assert answer.status == 200
    assert answer.body["api"] == 1
    assert answer.body["rucio_clients_version"].startswith("41.")
    assert "replica_mode" in answer.body["features"]


def test_every_route_is_documented_and_every_documented_route_exists(contract: Contract) -> None:
    served = {
        (method.upper(), f"/{path}")
        for path, handler in ROUTES.items()
        for method in METHODS
        if method in handler.__dict__
    }
    assert served == contract.operations()


@pytest.mark.parametrize("path", ["nothing", "instances/lake/nothing", "", "hello/"])
async def test_an_address_that_is_none_says_so_in_our_words(api: Api, path: str) -> None:
    answer = await api.get(path)
    assert answer.status == 404
    assert answer.body["code"] == "no_such_route"


async def test_a_method_that_an_address_does_not_take(api: Api) -> None:
    answer = await api.post("hello", {})
    assert answer.status == 405
    assert answer.body["code"] == "method_not_allowed"


async def test_somebody_without_jupyters_token_gets_nothing(
    jp_fetch: Any, contract: Contract
) -> None:
    for method, template in sorted(contract.operations()):
        path = template.replace("{instance}", "lake").lstrip("/")
        response = await jp_fetch(
            "rucio-jupyterlab",
            path,
            method=method,
            headers={"Authorization": "token wrong"},
            raise_error=False,
            allow_nonstandard_methods=True,
        )
        assert response.code == 403, (method, path)


async def test_our_own_mistakes_are_told_without_a_traceback(
    alice: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(
        "rucio_jupyterlab.services.availability.service.AvailabilityService.get", fail
    )
    answer = await alice.get(at("availability"), did="demo:dimuon_2021")
    assert answer.status == 500
    assert answer.body["code"] == "internal_error"
    assert "secret" not in str(answer.body)
    assert "Traceback" not in str(answer.body)
