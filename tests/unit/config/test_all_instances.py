"""All instances of a server: from the configuration and from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from traitlets.config import Config

from rucio_jupyterlab.config.environment import instance_from_environment
from rucio_jupyterlab.config.load import load_instances
from rucio_jupyterlab.config.traits import RucioConfig

GOOD: dict[str, Any] = {
    "name": "good",
    "display_name": "Good",
    "mode": "download",
    "rucio_base_url": "https://rucio.example.org",
}


def test_one_broken_instance_does_not_touch_the_other() -> None:
    broken = {**GOOD, "name": "broken", "display_name": "Broken", "mode": "both"}
    first, second = load_instances([broken, GOOD], {})
    assert first.name == "broken"
    assert first.instance is None
    assert first.problem is not None
    assert "mode" in first.problem.message
    assert second.instance is not None
    assert second.problem is None


def test_the_second_of_one_name_shows_a_problem() -> None:
    first, second, third = load_instances([GOOD, GOOD, GOOD], {})
    assert first.instance is not None
    assert [second.name, third.name] == ["good (2)", "good (3)"]
    for configured in (second, third):
        assert configured.problem is not None
        assert "there twice" in configured.problem.message


def test_nonsense_in_place_of_an_instance_or_of_the_list() -> None:
    for nonsense in ("https://rucio.example.org", 5, None, ["x"], {"name": 7}, {"name": ["x"]}):
        (found,) = load_instances([nonsense], {})
        assert found.problem is not None
        assert found.problem.details
        assert found.instance is None
    assert load_instances("x", {})[0].problem is not None
    assert load_instances([], {}) == []


def test_a_ca_file_that_is_not_there_is_the_problem_of_its_instance(tmp_path: Path) -> None:
    missing = tmp_path / "ca.pem"
    (found,) = load_instances([{**GOOD, "rucio_ca_cert": str(missing)}], {})
    assert found.problem is not None
    assert str(missing) in found.problem.message
    assert [detail.key for detail in found.problem.details] == ["rucio_ca_cert"]


def test_a_remote_instance_waits_for_its_keys() -> None:
    remote = {"name": "r", "display_name": "R", "$url": "https://config.example.org/r.json"}
    (found,) = load_instances([remote], {})
    assert (found.instance, found.problem) == (None, None)
    assert found.remote_url == "https://config.example.org/r.json"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "https://", "http://[:::]/x", 5])
def test_a_remote_address_that_is_none(url: object) -> None:
    (found,) = load_instances([{"name": "r", "display_name": "R", "$url": url}], {})
    assert found.problem is not None
    assert [detail.key for detail in found.problem.details] == ["$url"]
    assert found.remote_url is None


def test_what_is_wrong_beside_a_remote_address_is_told_at_once() -> None:
    (found,) = load_instances([{"name": "r", "mode": "both", "$url": "https://h/r.json"}], {})
    assert found.problem is not None
    assert [detail.key for detail in found.problem.details] == ["display_name", "mode"]


ENVIRONMENT = {
    "RUCIO_NAME": "image",
    "RUCIO_DISPLAY_NAME": "From the image",
    "RUCIO_MODE": "replica",
    "RUCIO_BASE_URL": "https://rucio.example.org",
    "RUCIO_AUTH_URL": "https://auth.example.org",
    "RUCIO_WEBUI_URL": "https://ui.example.org",
    "RUCIO_CA_CERT": "",
    "RUCIO_SITE_NAME": "CERN",
    "RUCIO_VO": "def",
    "RUCIO_VOMS_ENABLED": "0",
    "RUCIO_VOMS_VOMSES_PATH": "/etc/vomses",
    "RUCIO_VOMS_CERTDIR_PATH": "/etc/certs",
    "RUCIO_VOMS_VOMSDIR_PATH": "/etc/vomsdir",
    "RUCIO_DESTINATION_RSE": "EULAKE-1",
    "RUCIO_RSE_MOUNT_PATH": "/eos",
    "RUCIO_REPLICATION_RULE_LIFETIME_DAYS": "30",
    "RUCIO_PATH_BEGINS_AT": "4",
    "RUCIO_WILDCARD_ENABLED": "1",
    "RUCIO_OIDC_AUTH": "env",
    "RUCIO_OIDC_ENV_NAME": "TOKEN",
    "RUCIO_OIDC_FILE_NAME": "/run/rucio/token",
    "PATH": "/bin",
}


def test_an_image_describes_an_instance_by_variables() -> None:
    (found,) = load_instances([], ENVIRONMENT)
    instance = found.instance
    assert instance is not None
    assert (instance.name, instance.display_name) == ("image", "From the image")
    assert instance.rucio_auth_url == "https://auth.example.org"
    assert instance.rucio_ca_cert is None
    assert instance.wildcard_enabled
    assert instance.replication_rule_lifetime_days == 30
    assert instance.destinations[0].path_begins_at == 4
    assert instance.oidc_env_name == "TOKEN"
    assert instance.warnings == ()


def test_the_configuration_wins_over_the_environment() -> None:
    (found,) = load_instances([{**GOOD, "name": "image"}], ENVIRONMENT)
    assert found.display_name == "Good"


def test_without_name_and_address_there_is_no_instance_in_the_environment() -> None:
    for missing in ("RUCIO_NAME", "RUCIO_BASE_URL"):
        assert instance_from_environment({**ENVIRONMENT, missing: " "}) is None


def test_a_name_and_an_address_are_enough() -> None:
    (found,) = load_instances([], {"RUCIO_NAME": "n", "RUCIO_BASE_URL": "https://h"})
    assert found.instance is not None
    assert found.instance.mode == "download"
    assert found.instance.display_name == "n"


def test_the_trait_class_takes_what_jupyter_reads(monkeypatch: Any) -> None:
    monkeypatch.setenv("RUCIO_DEFAULT_INSTANCE", "image")
    monkeypatch.setenv("RUCIO_LOG_LEVEL", "DEBUG")
    given = {"instances": [GOOD], "request_timeout_s": 5}
    config = RucioConfig(config=Config({"RucioConfig": given}))
    assert config.instances == [GOOD]
    assert config.request_timeout_s == 5
    assert config.default_instance == "image"
    assert config.log_level == "debug"
    assert config.default_auth_type == "userpass"


def test_a_mistake_in_a_trait_keeps_nothing_from_starting(monkeypatch: Any) -> None:
    monkeypatch.setenv("RUCIO_LOG_LEVEL", "loud")
    wrong = {"instances": {"name": "x"}, "default_auth_type": "magic", "request_timeout_s": "soon"}
    config = RucioConfig(config=Config({"RucioConfig": wrong}))
    assert config.default_auth_type == "userpass"
    assert config.log_level == "warning"
    assert config.request_timeout_s == 30
    assert load_instances(config.instances, {})[0].problem is not None


@pytest.mark.parametrize("nonsense", [5, ["x"], {"a": "b"}])
def test_a_number_in_place_of_a_word_keeps_nothing_from_starting(nonsense: object) -> None:
    words = ("default_instance", "default_auth_type", "log_level", "store_credentials")
    config = RucioConfig(config=Config({"RucioConfig": dict.fromkeys(words, nonsense)}))
    assert (config.default_auth_type, config.log_level) == ("userpass", "warning")
    # What is not understood must not allow more than was meant.
    assert config.store_credentials == "never"


@pytest.mark.parametrize("empty", ["", " ", None])
def test_what_a_template_left_empty_is_as_if_it_were_not_there(
    monkeypatch: pytest.MonkeyPatch, empty: str | None
) -> None:
    monkeypatch.setenv("RUCIO_DEFAULT_INSTANCE", "image")
    monkeypatch.setenv("RUCIO_DEFAULT_AUTH_TYPE", "oidc")
    monkeypatch.setenv("RUCIO_LOG_LEVEL", "info")
    words = ("default_instance", "default_auth_type", "log_level")
    config = RucioConfig(config=Config({"RucioConfig": dict.fromkeys(words, empty)}))
    assert (config.default_instance, config.default_auth_type) == ("image", "oidc")
    assert config.log_level == "info"
