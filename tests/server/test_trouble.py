"""What goes wrong around the server: each gets the right status and a sentence, and nothing else
breaks.
"""

from __future__ import annotations

import asyncio
import functools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at

REFUSAL = b'{"ExceptionClass": "CannotAuthenticate", "ExceptionMessage": "Expired"}'


async def jupyter_works(jp_fetch: Callable[..., Any]) -> bool:
    """Whether Jupyter itself goes on."""
    response = await jp_fetch("api", "status")
    return bool(response.code == 200)


class TestConfiguration:
    """One instance among two cannot be used."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any]) -> list[Any]:
        broken = {"name": "broken", "display_name": "Broken", "mode": "replica"}
        return [broken, lake_instance]

    async def test_a_broken_instance_says_what_is_wrong_and_the_other_works(
        self, alice: Api, jp_fetch: Callable[..., Any]
    ) -> None:
        items = {item["name"]: item for item in (await alice.get("instances")).items}
        problem = items["broken"]["problem"]
        assert problem["code"] == "configuration_error"
        assert "rucio_base_url" in problem["message"]
        assert items["lake"]["problem"] is None

        refused = await alice.get(at("did", "broken"), did="demo:dimuon_2021")
        assert refused.status == 503
        assert refused.body["code"] == "configuration_error"
        assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 200
        assert await jupyter_works(jp_fetch)


class TestRemoteConfiguration:
    """The operator keeps an instance's configuration at an address."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], remote: str) -> list[Any]:
        local = {key: lake_instance[key] for key in ("name", "display_name", "mode")}
        return [{**local, "$url": remote}]

    @pytest.fixture
    def remote(self, lake_instance: dict[str, Any], tmp_path: Path) -> Iterator[str]:
        (tmp_path / "lake.json").write_text(json.dumps({**lake_instance, "name": "other"}))
        handler = functools.partial(SimpleHTTPRequestHandler, directory=str(tmp_path))
        with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            yield f"http://127.0.0.1:{server.server_address[1]}/lake.json"
            server.shutdown()
            thread.join()

    async def test_it_arrives_in_the_background(self, api: Api) -> None:
        first = (await api.get("instances")).items[0]
        assert first["name"] == "lake"
        for _ in range(100):
            (instance,) = (await api.get("instances")).items
            if instance["problem"] is None:
                break
            assert instance["problem"]["code"] == "configuration_pending"
            await asyncio.sleep(0.05)
        assert instance["destinations"][0]["mounted"] is True


class TestNothingConfigured:
    @pytest.fixture
    def instances(self) -> list[Any]:
        return []

    async def test_no_instance_at_all_is_an_empty_list(self, api: Api) -> None:
        answer = await api.get("instances")
        assert answer.body == {"default_instance": None, "items": []}


class TestNonsenseConfigured:
    @pytest.fixture
    def instances(self) -> Any:
        return ["no dict", 7]

    async def test_jupyter_starts_whatever_is_configured(
        self, api: Api, jp_fetch: Callable[..., Any]
    ) -> None:
        assert all(item["problem"] for item in (await api.get("instances")).items)
        assert await jupyter_works(jp_fetch)


class TestWildcardsOff:
    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any]) -> list[Any]:
        return [{**lake_instance, "wildcard_enabled": False}]

    async def test_a_wildcard_is_refused_with_what_to_do(self, alice: Api) -> None:
        answer = await alice.get(at("dids"), scope="demo", name="di*")
        assert answer.status == 400
        assert answer.body["code"] == "wildcard_disabled"
        assert answer.body["hint"]
        assert (await alice.get(at("dids"), scope="demo", name="dimuon_2021")).body["count"] == 1


class TestRucioDown:
    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any]) -> list[Any]:
        # A port that was free a moment ago: nobody answers there.
        with closing(socket.socket()) as free:
            free.bind(("127.0.0.1", 0))
            url = f"http://127.0.0.1:{free.getsockname()[1]}"
        return [{**lake_instance, "rucio_base_url": url, "rucio_auth_url": url}]

    async def test_rucio_down_is_said_and_jupyter_goes_on(
        self, api: Api, lake: Lake, jp_fetch: Callable[..., Any], jp_data_dir: Path
    ) -> None:
        assert (await api.get("instances")).items[0]["problem"] is None
        params = lake.accounts["alice"]
        answer = await api.put(at("credentials"), {"type": "userpass", "params": params})
        assert answer.status == 503
        assert answer.body["code"] == "rucio_unreachable"
        assert params["password"] not in json.dumps(answer.body)
        assert not list(jp_data_dir.rglob("credentials/*"))
        assert await jupyter_works(jp_fetch)


class TestFaults:
    """A Rucio that misbehaves."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
        return [{**lake_instance, "rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}]

    async def test_a_stream_that_is_cut_says_so_after_what_has_come(
        self, alice: Api, proxy: FaultProxy
    ) -> None:
        proxy.set("/dids/search", Fault(cut_after_bytes=1500))
        *rows, last = await alice.lines(at("dids"), scope="demo", name="*")
        assert rows
        assert last["error"]["code"] == "stream_cut"
        assert "end" not in last

        gathered = await alice.get(at("dids"), scope="demo", name="*")
        assert gathered.status == 502
        assert gathered.body["code"] == "stream_cut"

    async def test_a_passing_fault_is_not_seen(self, alice: Api, proxy: FaultProxy) -> None:
        proxy.set("/dids/demo/dimuon_2021", Fault(status=503, times=1))
        assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 200

    async def test_a_rucio_that_fails_for_good_is_named(
        self, alice: Api, proxy: FaultProxy
    ) -> None:
        proxy.set("/dids/", Fault(status=500, body=b"<html>Traceback (most recent call last)"))
        answer = await alice.get(at("did"), did="demo:dimuon_2021")
        assert answer.status == 502
        assert "Traceback" not in json.dumps(answer.body)

    async def test_a_slow_rucio_does_not_slow_jupyter(
        self, alice: Api, proxy: FaultProxy, jp_fetch: Callable[..., Any]
    ) -> None:
        proxy.set("/dids/demo/dimuon_2021", Fault(delay_s=2))
        asking = asyncio.ensure_future(alice.get(at("availability"), did="demo:dimuon_2021"))
        await asyncio.sleep(0.2)
        for _ in range(5):
            assert await jupyter_works(jp_fetch)
            assert not asking.done()
        assert (await asking).status == 200

    async def test_a_token_that_rucio_no_longer_takes_is_replaced_unseen(
        self, alice: Api, proxy: FaultProxy
    ) -> None:
        refusal = json.dumps(
            {"ExceptionClass": "CannotAuthenticate", "ExceptionMessage": "Expired"}
        )
        proxy.set("/dids/", Fault(status=401, body=refusal.encode(), times=1))
        logins = proxy.count("/auth/userpass")
        assert (await alice.get(at("did"), did="demo:dimuon_2021")).status == 200
        assert proxy.count("/auth/userpass") == logins + 1

    async def test_credentials_that_rucio_no_longer_takes_ask_for_new_ones(
        self, alice: Api, proxy: FaultProxy
    ) -> None:
        proxy.set("/", Fault(status=401, body=REFUSAL))
        answer = await alice.get(at("did"), did="demo:dimuon_2021")
        assert (answer.status, answer.body["code"]) == (401, "not_authenticated")
        assert (await alice.get("instances")).items[0]["authenticated"] is False

    async def test_when_the_browser_goes_rucio_is_left_alone(
        self, alice: Api, proxy: FaultProxy, jp_fetch: Callable[..., Any]
    ) -> None:
        # Rucio sends some rows and then hangs: nothing that we could write would tell us.
        proxy.set("/dids/search", Fault(pause_after_bytes=1000))
        got_rows = asyncio.Event()
        with pytest.raises(Exception, match=r"[Tt]imeout"):
            await jp_fetch(
                "rucio-jupyterlab",
                at("dids"),
                params={"scope": "demo", "name": "*"},
                headers={"Accept": "application/x-ndjson"},
                streaming_callback=lambda _: got_rows.set(),
                request_timeout=1,
            )
        assert got_rows.is_set()
        assert await asyncio.to_thread(proxy.abandoned.wait, 5)

    async def test_rows_are_seen_before_the_list_is_complete(
        self, alice: Api, proxy: FaultProxy, jp_fetch: Callable[..., Any]
    ) -> None:
        proxy.set("/dids/search", Fault(pause_after_bytes=600))
        seen: list[bytes] = []
        with pytest.raises(Exception, match=r"[Tt]imeout"):
            await jp_fetch(
                "rucio-jupyterlab",
                at("dids"),
                params={"scope": "demo", "name": "*"},
                headers={"Accept": "application/x-ndjson"},
                streaming_callback=seen.append,
                request_timeout=1,
            )
        first = b"".join(seen).splitlines()[0]
        assert json.loads(first)["did"].startswith("demo:")

    async def test_when_rucio_falls_silent_a_watched_rule_is_not_lost(
        self,
        alice: Api,
        proxy: FaultProxy,
        lake: Lake,
        data: LakeData,
        jp_ws_fetch: Callable[..., Any],
    ) -> None:
        did = data.collection("dataset", data.files(1))
        socket = await jp_ws_fetch("api", "events", "subscribe")
        with closing(socket), lake.transfers(delay_s=1.0):
            answer = await alice.post(at("availability"), {"did": did})
            proxy.set(f"/rules/{answer.body['rule']['id']}", Fault(status=503, times=8))
            state = ""
            while state != "available":
                message = json.loads(await asyncio.wait_for(socket.read_message(), 60))
                if message.get("did") == did:
                    state = message["state"]


class TestMounts:
    """The storage is not where it should be."""

    @pytest.fixture
    def empty(self, tmp_path: Path) -> Path:
        # As it looks where nothing is mounted: an empty folder.
        folder = tmp_path / "mnt"
        folder.mkdir()
        return folder

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], empty: Path) -> list[Any]:
        return [{**lake_instance, "rse_mount_path": str(empty)}]

    async def test_a_mount_that_is_not_there_is_never_called_available(
        self, alice: Api, lake: Lake, empty: Path
    ) -> None:
        (instance,) = (await alice.get("instances")).items
        assert instance["destinations"][0]["mounted"] is False
        assert instance["problem"]["code"] == "mount_missing"
        assert str(empty) in instance["problem"]["message"]

        dids = [lake.examples["file_at_destination"], lake.examples["available_dataset"]]
        for item in (await alice.get(at("availability"), did=dids)).items:
            assert item["state"] == "unknown"
            assert item["path"] is None
            assert "EULAKE-1" in item["message"]
        wanted = [{"did": did, "variable_name": f"v{n}"} for n, did in enumerate(dids)]
        for item in (await alice.post(at("attachments"), {"items": wanted})).items:
            assert item["state"] == "unknown"
            assert item["items"] is None
            assert item["message"]
