"""*Reload configuration*: what an operator changes is there without a restart."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.services import Services

from .conftest import Answer, Api, at


class Operator:
    """Writes ``jupyter_server_config.json`` where this Jupyter looks for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "jupyter_server_config.json"

    def configure(self, *instances: dict[str, Any], **traits: Any) -> None:
        settings = {"RucioConfig": {"instances": instances, **traits}}
        self.file.write_text(json.dumps(settings), "utf-8")


@pytest.fixture
def operator(jp_config_dir: Path, instances: list[dict[str, Any]]) -> Operator:
    operator = Operator(jp_config_dir)
    operator.configure(*instances)
    return operator


@pytest.fixture
def jp_server_config(operator: Operator) -> dict[str, Any]:
    """All that is about Rucio stands in files."""
    return {"ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}}}


@pytest.fixture
def services(jp_serverapp: Any) -> Services:
    found: Services = jp_serverapp.web_app.settings["rucio_jupyterlab_services"]
    return found


@pytest.fixture
def other(lake_instance: dict[str, Any]) -> dict[str, Any]:
    return {**lake_instance, "name": "other", "display_name": "The other lake"}


@pytest.fixture
def nothing_moves(lake: Lake) -> Iterator[None]:
    with lake.paused_daemons():
        yield


async def reload(api: Api) -> Answer:
    answer = await api.post("instances/reload", {})
    assert answer.status == 200, answer.body
    assert configured(answer) == configured(await api.get("instances"))
    return answer


def configured(answer: Answer) -> dict[str, Any]:
    """Without what comes by itself once a new connection is made."""
    items = [{**item, "token_expires_at": None} for item in answer.items]
    return {**answer.body, "items": items}


def names(answer: Answer) -> list[str]:
    return [instance["name"] for instance in answer.items]


async def test_a_new_instance_comes_and_whoever_is_signed_in_stays_so(
    alice: Api, operator: Operator, lake_instance: dict[str, Any], other: dict[str, Any]
) -> None:
    (before,) = (await alice.get("instances")).items
    operator.configure(lake_instance, other, default_instance="other")
    answer = await reload(alice)
    assert names(answer) == ["lake", "other"]
    assert answer.body["default_instance"] == "other"
    assert answer.items[0] == before
    assert answer.items[0]["authenticated"]


async def test_another_default_way_in_is_offered_to_whoever_is_not_signed_in(
    api: Api, operator: Operator, lake_instance: dict[str, Any]
) -> None:
    operator.configure(lake_instance, default_auth_type="x509")
    (instance,) = (await reload(api)).items
    assert instance["auth_type"] == "x509"


async def test_an_instance_that_did_not_change_keeps_its_connection(
    alice: Api,
    operator: Operator,
    services: Services,
    lake_instance: dict[str, Any],
    other: dict[str, Any],
) -> None:
    client = await services.sessions.client(services.instances.get("lake"))
    operator.configure(other, lake_instance)
    await reload(alice)
    assert await services.sessions.client(services.instances.get("lake")) is client


@pytest.mark.usefixtures("nothing_moves")
async def test_an_instance_that_is_taken_away_is_gone_with_all_that_went_on(
    alice: Api,
    operator: Operator,
    services: Services,
    data: LakeData,
    other: dict[str, Any],
) -> None:
    dataset = data.collection("dataset", data.files(2))
    await alice.post(at("availability"), {"did": dataset})
    assert services.watchers.count == 1
    operator.configure(other)
    assert names(await reload(alice)) == ["other"]
    assert services.watchers.count == 0
    gone = await alice.get(at("scopes"))
    assert (gone.status, gone.body["code"]) == (404, "unknown_instance")


async def test_a_changed_instance_shows_nothing_of_before(
    alice: Api, operator: Operator, lake_instance: dict[str, Any], lake: Lake, data: LakeData
) -> None:
    dataset = data.collection("dataset", data.files(1))
    known = {"key": "lake_of_this_test", "type": "string", "values": None, "source": "seen"}
    data.describe(dataset, {"lake_of_this_test": "blue"})
    await alice.get(at("did"), did=dataset)
    assert known in (await alice.get(at("metadata-keys"))).items

    elsewhere = lake.rses["CNAF-DISK"]
    operator.configure(
        {
            **lake_instance,
            "display_name": "The Lake, moved",
            "destination_rse": "CNAF-DISK",
            "rse_mount_path": elsewhere["storage_path"],
        }
    )
    (moved,) = (await reload(alice)).items
    assert moved["display_name"] == "The Lake, moved"
    assert [place["rse"] for place in moved["destinations"]] == ["CNAF-DISK"]
    assert known not in (await alice.get(at("metadata-keys"))).items
    (row,) = (await alice.get(at("availability"), did=dataset)).items
    assert row["rse"] in ("CNAF-DISK", None)


@pytest.mark.parametrize(
    ("file_name", "text", "said"),
    [
        ("jupyter_server_config.json", '{"RucioConfig": {\n"hush"', "JSONDecodeError in line 2"),
        ("jupyter_server_config.py", "c = get_config()\nc.RucioConfig = (", "SyntaxError in line"),
        ("jupyter_server_config.py", "\nraise KeyError('hush')\n", "KeyError in line 2"),
        ("jupyter_server_config.py", "import sys\nsys.exit('hush')\n", "SystemExit in line 2"),
    ],
)
async def test_a_file_that_cannot_be_read_changes_nothing(
    alice: Api, operator: Operator, file_name: str, text: str, said: str
) -> None:
    before = (await alice.get("instances")).body
    right = operator.file.read_text()
    broken = operator.folder / file_name
    broken.write_text(text)
    answer = await alice.post("instances/reload", {})
    assert (answer.status, answer.body["code"]) == (503, "configuration_unreadable")
    assert str(broken) in answer.body["message"]
    assert said in answer.body["message"]
    assert "hush" not in str(answer.body)
    assert (await alice.get("instances")).body == before
    broken.unlink()
    operator.file.write_text(right)
    assert (await reload(alice)).body == before


async def test_one_wrong_instance_is_told_by_its_keys_and_the_others_work(
    alice: Api, operator: Operator, lake_instance: dict[str, Any], other: dict[str, Any]
) -> None:
    wrong = {**other, "mode": "both", "destinations": [{"rse": "A", "mount_path": "here"}]}
    operator.configure(wrong, lake_instance)
    shown, works = (await reload(alice)).items
    assert shown["problem"]["code"] == "configuration_error"
    assert [detail["key"] for detail in shown["problem"]["details"]] == [
        "mode",
        "destinations[0].mount_path",
    ]
    assert "expected an absolute path" in shown["problem"]["details"][1]["reason"]
    assert works["problem"] is None
    assert (await alice.get(at("scopes"))).status == 200
    operator.configure(other, lake_instance)
    assert (await reload(alice)).items[0]["problem"] is None


async def test_variables_that_a_file_sets_are_read_again(
    api: Api, operator: Operator, monkeypatch: pytest.MonkeyPatch, lake_instance: dict[str, Any]
) -> None:
    monkeypatch.setenv("RUCIO_NAME", "image")
    monkeypatch.setenv("RUCIO_BASE_URL", "https://rucio.example.org")
    monkeypatch.setenv("RUCIO_DEFAULT_INSTANCE", "image")
    answer = await reload(api)
    assert names(answer) == ["lake", "image"]
    assert answer.body["default_instance"] == "image"


async def test_python_files_add_to_json_files_as_they_do_at_the_start(
    api: Api, operator: Operator, other: dict[str, Any]
) -> None:
    (operator.folder / "more.py").write_text("c.RucioConfig.default_instance = 'other'")
    (operator.folder / "jupyter_config.py").write_text(
        f"import json\nc.RucioConfig.instances = [json.loads({json.dumps(other)!r})]\n"
        "load_subconfig('more.py')\n"
    )
    answer = await reload(api)
    assert names(answer) == ["lake"]
    operator.file.unlink()
    answer = await reload(api)
    assert (names(answer), answer.body["default_instance"]) == (["other"], "other")


async def test_impatient_clicks_end_well(
    api: Api, operator: Operator, lake_instance: dict[str, Any], other: dict[str, Any]
) -> None:
    operator.configure(lake_instance, other)
    answers = await asyncio.gather(*(api.post("instances/reload", {}) for _ in range(5)))
    assert {answer.status for answer in answers} == {200}
    assert names(await api.get("instances")) == ["lake", "other"]


class TestCommandLine:
    @pytest.fixture
    def jp_argv(self) -> list[str]:
        return ["--RucioConfig.default_instance=other"]

    async def test_what_the_command_line_says_goes_on_to_win(
        self, api: Api, operator: Operator, lake_instance: dict[str, Any], other: dict[str, Any]
    ) -> None:
        operator.configure(lake_instance, other, default_instance="lake")
        answer = await reload(api)
        assert answer.body["default_instance"] == "other"


class TestNamedFile:
    """``jupyter server --config=FILE``."""

    @pytest.fixture
    def named(self, tmp_path: Path, other: dict[str, Any]) -> Operator:
        operator = Operator(tmp_path)
        operator.file = tmp_path / "my_own.json"
        operator.configure(other)
        return operator

    @pytest.fixture
    def jp_argv(self, named: Operator) -> list[str]:
        return [f"--config={named.file}"]

    async def test_it_is_what_is_read_again(
        self, api: Api, named: Operator, lake_instance: dict[str, Any], other: dict[str, Any]
    ) -> None:
        assert names(await api.get("instances")) == ["other"]
        named.configure(other, {**lake_instance, "name": "third"})
        assert names(await reload(api)) == ["other", "third"]


class TestConfiguredByAProgram:
    @pytest.fixture
    def jp_server_config(self, lake_instance: dict[str, Any]) -> dict[str, Any]:
        return {
            "ServerApp": {"jpserver_extensions": {"rucio_jupyterlab": True}},
            "RucioConfig": {"instances": [lake_instance]},
        }

    async def test_what_no_file_has_said_is_not_lost(self, api: Api) -> None:
        assert names(await reload(api)) == ["lake"]


class TestRemoteConfiguration:
    @pytest.fixture
    def document(self, lake_instance: dict[str, Any]) -> dict[str, Any]:
        """What the operator's web server has to say; empty: it fails."""
        return {key: value for key, value in lake_instance.items() if "name" not in key}

    @pytest.fixture
    def url(self, document: dict[str, Any]) -> Iterator[str]:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200 if document else 500)
                self.end_headers()
                self.wfile.write(json.dumps(document).encode())

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/lake.json"
        server.shutdown()
        server.server_close()
        thread.join()

    @pytest.fixture
    def instances(self, url: str) -> list[dict[str, Any]]:
        return [{"name": "lake", "display_name": "From afar", "$url": url}]

    async def test_it_is_fetched_now_and_not_when_its_time_has_come(
        self, api: Api, document: dict[str, Any]
    ) -> None:
        (first,) = (await reload(api)).items
        assert first["problem"] is None
        assert first["wildcard_enabled"]
        document["wildcard_enabled"] = False
        (second,) = (await reload(api)).items
        assert not second["wildcard_enabled"]

    async def test_while_it_cannot_be_fetched_the_last_good_one_stays(
        self, api: Api, document: dict[str, Any], services: Services, lake: Lake
    ) -> None:
        await reload(api)
        credentials = {"type": "userpass", "params": lake.accounts["alice"]}
        assert (await api.put(at("credentials"), credentials)).status == 200
        (before,) = (await api.get("instances")).items
        document.clear()
        (after,) = (await reload(api)).items
        assert after == before
        assert after["authenticated"]
        assert "HTTP 500" in services.instances.get("lake").warnings[0]

    async def test_a_new_address_that_fails_is_the_problem_of_its_instance(
        self, api: Api, operator: Operator, url: str, lake_instance: dict[str, Any]
    ) -> None:
        await reload(api)
        new = {"name": "new", "display_name": "New", "$url": f"{url.rpartition(':')[0]}:9/x"}
        operator.configure(lake_instance, new)
        works, shown = (await reload(api)).items
        assert works["problem"] is None
        assert shown["problem"]["code"] == "remote_configuration_unavailable"
