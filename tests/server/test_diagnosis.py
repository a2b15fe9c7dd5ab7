"""Somebody presses Diagnose, and is told what is wrong between here and the data."""

from __future__ import annotations

import json
import time
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from faultproxy import Fault, FaultProxy
from lakedata import LakeData

from lake.testing import Lake

from .conftest import Api, at

ORDER = [
    "configuration",
    "name",
    "tls",
    "rucio",
    "clock",
    "credentials",
    "account",
    "rse",
    "mount",
    "replica",
    "kernels",
    "voms-proxy-init",
    "xrdcp",
    "gfal",
]


class Diagnosed:
    """The answer of the route; a check is asked for by its name."""

    def __init__(self, body: dict[str, Any]) -> None:
        self.checks = body["checks"]
        self.report = body["report"]
        self._by_name = {check["name"]: check for check in self.checks}

    def __getitem__(self, name: str) -> dict[str, Any]:
        check: dict[str, Any] = self._by_name[name]
        return check

    @property
    def wrong(self) -> list[str]:
        return [check["name"] for check in self.checks if check["severity"] == "error"]


async def diagnose(api: Api, instance: str = "lake") -> Diagnosed:
    answer = await api.get(at("diagnosis", instance))
    assert answer.status == 200, answer.body
    return Diagnosed(answer.body)


@pytest.fixture(scope="module")
def brought(lake: Lake, data: LakeData) -> str:
    """A file of alice's at the destination, brought by a rule, with its bytes."""
    (file,) = data.files(1, rse=lake.connection["destination"])
    data.rule(file, lake.connection["destination"])
    return file


class TestAllIsWell:
    async def test_everything_is_in_order_and_says_what_was_seen(
        self, alice: Api, lake: Lake, brought: str
    ) -> None:
        found = await diagnose(alice)
        assert found.wrong == [], found.report
        rse = lake.connection["destination"]
        names = [check["name"].partition(":")[0] for check in found.checks]
        assert names == ORDER
        assert "Rucio 41." in found["rucio"]["message"]
        assert " ms" in found["rucio"]["message"]
        assert "minutes" in found["credentials"]["message"]
        assert "alice" in found["account"]["message"]
        assert "quota" in found[f"rse:{rse}"]["message"]
        # A file that Rucio knows is there with its size.
        assert found[f"replica:{rse}"]["ok"]
        assert lake.rses[rse]["mount_path"] in found[f"replica:{rse}"]["message"]
        assert found["kernels"]["ok"]
        # Rucio moves the data here, so what is missing of these does not matter.
        for tool in ("voms-proxy-init", "xrdcp", "gfal"):
            assert found[tool]["severity"] in ("ok", "skipped")

    async def test_an_instance_that_is_not_there_is_404(self, alice: Api) -> None:
        answer = await alice.get(at("diagnosis", "nothing"))
        assert (answer.status, answer.body["code"]) == (404, "unknown_instance")


class TestSigningIn:
    async def test_who_is_not_signed_in_is_told_so_and_the_rest_is_looked_at(
        self, api: Api, lake: Lake
    ) -> None:
        found = await diagnose(api)
        assert found.wrong == ["credentials"]
        assert "not signed in" in found["credentials"]["message"]
        assert "Sign in" in found["credentials"]["hint"]
        assert found["account"]["severity"] == "skipped"
        assert "Credentials accepted" in found["account"]["message"]
        assert found[f"mount:{lake.connection['destination']}"]["ok"]

    async def test_a_password_that_is_no_longer_accepted_is_found_though_the_token_still_is(
        self, alice: Api, lake: Lake
    ) -> None:
        with lake.without_identity("userpass", "alice"):
            found = await diagnose(alice)
        assert found.wrong == ["credentials"]
        assert "does not accept" in found["credentials"]["message"]
        # Mended at Rucio, it is in order without signing in again.
        assert (await diagnose(alice)).wrong == []

    async def test_the_report_holds_no_secret_and_no_home(
        self, alice: Api, lake: Lake, proxy: FaultProxy
    ) -> None:
        found = await diagnose(alice)
        assert lake.accounts["alice"]["password"] not in found.report
        assert str(Path.home()) + "/" not in found.report
        for check in found.checks:
            assert check["title"] in found.report
        assert "rucio_jupyterlab" in found.report
        assert "Python 3." in found.report
        assert lake.rucio_url in found.report


class TestCertificates:
    """Rucio behind TLS, signed by a CA of the site's own."""

    @pytest.fixture
    def ca_file(self, lake: Lake) -> str:
        return str(lake.tls["ca_file"])

    @pytest.fixture
    def instances(
        self, lake_instance: dict[str, Any], lake: Lake, ca_file: str
    ) -> list[dict[str, Any]]:
        return [
            {
                **lake_instance,
                "rucio_base_url": lake.tls["rucio_url"],
                "rucio_auth_url": lake.tls["auth_url"],
                "rucio_ca_cert": ca_file,
            }
        ]

    async def test_who_issued_the_certificate_and_when_it_ends_is_said(
        self, alice: Api, ca_file: str
    ) -> None:
        found = await diagnose(alice)
        assert found.wrong == [], found.report
        assert found["tls"]["ok"]
        assert "Toy Data Lake CA" in found["tls"]["message"]
        assert "days" in found["tls"]["message"]
        assert ca_file in found["tls"]["message"]
        assert "Sign-in at" in found["rucio"]["message"]

    async def test_a_certificate_signs_in_and_says_whose_it_is(self, api: Api, lake: Lake) -> None:
        person = lake.tls["identities"]["x509_passphrase"]
        params = {key: person[key] for key in ("certificate", "key", "passphrase", "account")}
        answer = await api.put(at("credentials"), {"type": "x509", "params": params})
        assert answer.status == 200, answer.body
        found = await diagnose(api)
        assert found.wrong == [], found.report
        assert "certificate" in found["credentials"]["message"]
        assert "Alice Liddell" in found["account"]["message"]
        assert person["passphrase"] not in json.dumps(found.checks) + found.report

    class TestWrongCa:
        @pytest.fixture
        def ca_file(self, lake: Lake) -> str:
            return str(lake.tls["other_ca_file"])

        async def test_it_is_said_who_signed_what_is_trusted_and_where_to_put_it(
            self, api: Api, ca_file: str
        ) -> None:
            found = await diagnose(api)
            check = found["tls"]
            assert check["severity"] == "error"
            assert "not trusted" in check["message"]
            assert "Toy Data Lake CA" in check["message"]
            assert "Another CA" in check["message"]
            assert ca_file in check["message"]
            assert "rucio_ca_cert" in check["hint"]
            for name in ("rucio", "clock", "account"):
                assert found[name]["severity"] == "skipped"
            assert "TLS trusted" in found["rucio"]["message"]


class TestSomethingIsWrong:
    """One key of the configuration is not right, or one thing behind it."""

    @pytest.fixture
    def changes(self) -> dict[str, Any]:
        return {}

    @pytest.fixture
    def instances(
        self, lake_instance: dict[str, Any], changes: dict[str, Any]
    ) -> list[dict[str, Any]]:
        return [{**lake_instance, **changes}]

    class TestRucioIsDown:
        @pytest.fixture
        def changes(self, unused_tcp_port: int) -> dict[str, Any]:
            url = f"http://127.0.0.1:{unused_tcp_port}"
            return {"rucio_base_url": url, "rucio_auth_url": url}

        async def test_nobody_answers(self, api: Api) -> None:
            found = await diagnose(api)
            assert found["name"]["ok"]
            assert "No connection" in found["rucio"]["message"]
            assert found["rucio"]["hint"]
            assert found["clock"]["severity"] == "skipped"

    class TestNoSuchName:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            return {"rucio_auth_url": "https://rucio-auth.invalid"}

        async def test_the_name_of_the_sign_in_host_is_looked_up_too(self, api: Api) -> None:
            found = await diagnose(api)
            assert "rucio-auth.invalid" in found["name"]["message"]
            assert "rucio_auth_url" in found["name"]["hint"]
            assert "Name resolved" in found["rucio"]["message"]

    class TestNotRucio:
        @pytest.fixture
        def changes(self, lake: Lake) -> dict[str, Any]:
            # Rucio answers there, but not at this path.
            return {"rucio_base_url": f"{lake.rucio_url}/elsewhere"}

        async def test_something_else_answers(self, api: Api) -> None:
            check = (await diagnose(api))["rucio"]
            assert "no Rucio" in check["message"]
            assert "rucio_base_url" in check["hint"]

    class TestNoTls:
        @pytest.fixture
        def changes(self, lake: Lake) -> dict[str, Any]:
            url = lake.rucio_url.replace("http:", "https:")
            return {"rucio_base_url": url, "rucio_auth_url": url}

        async def test_https_where_none_is_spoken_is_not_blamed_on_the_ca(self, api: Api) -> None:
            check = (await diagnose(api))["tls"]
            assert check["severity"] == "error"
            assert "shows no certificate" in check["message"]
            assert "https://" in check["hint"]

    class TestPlainHttpToElsewhere:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            # Documentation's own address (RFC 5737): nobody is there, and it is not this machine.
            return {"rucio_auth_url": "http://192.0.2.1:8080"}

        async def test_passwords_over_plain_http_are_warned_of(self, api: Api) -> None:
            check = (await diagnose(api))["tls"]
            assert check["severity"] == "warning"
            assert "192.0.2.1:8080" in check["message"]

    class TestUnknownRse:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            return {"destination_rse": "EULAKE-11"}

        async def test_a_mistyped_rse_is_named(self, alice: Api) -> None:
            found = await diagnose(alice)
            assert found.wrong == ["rse:EULAKE-11"]
            assert "EULAKE-11" in found["rse:EULAKE-11"]["message"]
            assert "destination_rse" in found["rse:EULAKE-11"]["hint"]
            assert found["replica:EULAKE-11"]["severity"] == "skipped"

    class TestNothingMounted:
        @pytest.fixture
        def changes(self, tmp_path: Path) -> dict[str, Any]:
            return {"rse_mount_path": str(tmp_path / "nowhere")}

        async def test_the_folder_that_is_missing_is_named(
            self, alice: Api, lake: Lake, tmp_path: Path
        ) -> None:
            rse = lake.connection["destination"]
            found = await diagnose(alice)
            assert found.wrong == [f"mount:{rse}"]
            assert str(tmp_path / "nowhere") in found[f"mount:{rse}"]["message"]
            assert "rse_mount_path" in found[f"mount:{rse}"]["hint"]

    class TestOtherStorageMounted:
        @pytest.fixture
        def changes(self, lake: Lake) -> dict[str, Any]:
            return {"rse_mount_path": lake.rses["CNAF-DISK"]["storage_path"]}

        async def test_the_mount_is_there_and_is_not_this_storage(
            self, alice: Api, lake: Lake, brought: str
        ) -> None:
            rse = lake.connection["destination"]
            found = await diagnose(alice)
            assert found[f"mount:{rse}"]["ok"]
            # Some of the files are at both sites, and that is no proof.
            check = found[f"replica:{rse}"]
            assert check["severity"] in ("warning", "error")
            assert lake.rses["CNAF-DISK"]["storage_path"] in check["message"]
            assert "another storage" in check["hint"] or "Something else" in check["hint"]

    class TestOtherFolderMounted:
        @pytest.fixture
        def changes(self, tmp_path: Path) -> dict[str, Any]:
            (tmp_path / "results").touch()
            return {"rse_mount_path": str(tmp_path)}

        async def test_none_of_the_files_is_there(
            self, alice: Api, lake: Lake, brought: str
        ) -> None:
            rse = lake.connection["destination"]
            found = await diagnose(alice)
            assert found.wrong == [f"replica:{rse}"]
            assert "none is there" in found[f"replica:{rse}"]["message"]
            assert "rse_mount_path" in found[f"replica:{rse}"]["hint"]

    class TestFilesOfOtherSizes:
        @pytest.fixture
        def changes(self, tmp_path: Path) -> dict[str, Any]:
            return {"rse_mount_path": str(tmp_path)}

        async def test_a_file_of_the_right_name_and_the_wrong_size_is_not_the_file(
            self, alice: Api, lake: Lake, brought: str, tmp_path: Path
        ) -> None:
            rse = lake.connection["destination"]
            real = Path(lake.rses[rse]["mount_path"])
            for file in real.rglob("*"):
                if file.is_file():
                    copy = tmp_path / file.relative_to(real)
                    copy.parent.mkdir(parents=True, exist_ok=True)
                    copy.write_text("not the bytes")
            found = await diagnose(alice)
            assert found.wrong == [f"replica:{rse}"]
            assert "13 bytes" in found[f"replica:{rse}"]["message"]

    class TestNothingThereYet:
        @pytest.fixture
        def changes(self, lake: Lake, tmp_path: Path) -> dict[str, Any]:
            (tmp_path / "something").touch()
            return {"destination_rse": "PIC-DISK", "rse_mount_path": str(tmp_path)}

        async def test_a_storage_without_data_cannot_be_told_and_no_quota_is_said(
            self, alice: Api
        ) -> None:
            found = await diagnose(alice)
            assert found.wrong == []
            assert found["rse:PIC-DISK"]["severity"] == "warning"
            assert "no quota" in found["rse:PIC-DISK"]["message"]
            assert found["replica:PIC-DISK"]["severity"] == "skipped"
            assert "no file to look for" in found["replica:PIC-DISK"]["message"]

    class TestDownloads:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            return {"mode": "download", "destination_rse": None, "rse_mount_path": None}

        async def test_without_a_mount_nothing_is_said_to_be_missing(self, alice: Api) -> None:
            found = await diagnose(alice)
            assert found.wrong == []
            assert [check["name"] for check in found.checks] == ORDER
            assert found["mount"]["severity"] == "skipped"

    class TestSeveralDestinations:
        @pytest.fixture
        def changes(self, lake: Lake, tmp_path: Path) -> dict[str, Any]:
            places = [
                {"rse": "EULAKE-1", "mount_path": lake.rses["EULAKE-1"]["mount_path"]},
                {"rse": "DESY-DISK", "mount_path": str(tmp_path / "desy")},
            ]
            return {"destination_rse": None, "rse_mount_path": None, "destinations": places}

        async def test_each_is_looked_at(self, alice: Api, brought: str) -> None:
            found = await diagnose(alice)
            assert found.wrong == ["mount:DESY-DISK"]
            assert found["replica:EULAKE-1"]["ok"]

    class TestBrokenConfiguration:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            return {"mode": "magic", "rucio_base_url": "ftp://rucio.example.org"}

        async def test_each_wrong_key_is_named_and_the_kernels_are_looked_at(
            self, api: Api
        ) -> None:
            found = await diagnose(api)
            assert found.wrong == ["configuration"]
            assert [check["name"] for check in found.checks] == ORDER
            assert "mode" in found["configuration"]["message"]
            assert "rucio_base_url" in found["configuration"]["message"]
            assert found["kernels"]["ok"]
            assert found["mount"]["severity"] == "skipped"

    class TestUnknownKey:
        @pytest.fixture
        def changes(self) -> dict[str, Any]:
            return {"wildcards_enabled": True}

        async def test_a_key_that_is_ignored_is_a_warning(self, alice: Api) -> None:
            check = (await diagnose(alice))["configuration"]
            assert check["severity"] == "warning"
            assert "wildcards_enabled" in check["message"]


class TestFaults:
    """What a healthy Rucio cannot be made to show."""

    @pytest.fixture
    def instances(self, lake_instance: dict[str, Any], proxy: FaultProxy) -> list[Any]:
        return [{**lake_instance, "rucio_base_url": proxy.url, "rucio_auth_url": proxy.url}]

    @pytest.mark.parametrize(
        ("ahead_s", "severity", "words"),
        [(100, "warning", "behind"), (-7200, "error", "2 hours ahead of")],
    )
    async def test_a_clock_that_is_wrong(
        self, alice: Api, proxy: FaultProxy, ahead_s: int, severity: str, words: str
    ) -> None:
        date = formatdate(time.time() + ahead_s, usegmt=True)
        answer = Fault(status=200, body=b'{"version": "41.5.1"}', headers=(("Date", date),))
        proxy.set("/ping", answer)
        found = await diagnose(alice)
        assert found["clock"]["severity"] == severity
        assert words in found["clock"]["message"]
        assert "NTP" in found["clock"]["hint"]
        # Rucio may be content all the same.
        assert found["credentials"]["ok"]

    async def test_a_rucio_that_says_nothing_is_given_up_and_the_rest_is_told(
        self, alice: Api, lake: Lake, proxy: FaultProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("rucio_jupyterlab.services.diagnosis.network._LOOK_LIMIT_S", 0.5)
        proxy.set("/ping", Fault(delay_s=60))
        found = await diagnose(alice)
        assert found["rucio"]["severity"] == "error"
        assert "0.5 s" in found["rucio"]["message"]
        assert found[f"mount:{lake.connection['destination']}"]["ok"]

    async def test_rucio_is_asked_for_little(
        self, alice: Api, lake: Lake, data: LakeData, proxy: FaultProxy
    ) -> None:
        for _ in range(5):
            (file,) = data.files(1, rse=lake.connection["destination"])
            data.rule(file, lake.connection["destination"])
        proxy.requests.clear()
        assert (await diagnose(alice)).wrong == []
        assert len(proxy.requests) <= 20, proxy.requests

    async def test_a_rucio_that_fails_is_quoted_without_its_page(
        self, alice: Api, lake: Lake, proxy: FaultProxy
    ) -> None:
        rse = lake.connection["destination"]
        proxy.set(f"/rses/{rse}", Fault(status=500, body=b"<html>Traceback marked-secret"))
        found = await diagnose(alice)
        assert found.wrong == [f"rse:{rse}"]
        assert "marked-secret" not in json.dumps(found.checks) + found.report
