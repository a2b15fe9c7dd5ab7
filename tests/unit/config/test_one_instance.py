"""What an operator writes for one instance, right and wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from rucio_jupyterlab.config import schema
from rucio_jupyterlab.config.instance import AUTH_TYPES, Destination, parse_instance
from rucio_jupyterlab.errors import ConfigurationError

GOOD: dict[str, Any] = {
    "name": "escape",
    "display_name": "ESCAPE Data Lake",
    "mode": "replica",
    "rucio_base_url": "https://rucio.example.org/rucio/",
    "destination_rse": "EULAKE-1",
    "rse_mount_path": "/eos/eulake",
}


def test_what_is_left_out_gets_its_default() -> None:
    instance = parse_instance(GOOD)
    assert instance.rucio_base_url == "https://rucio.example.org/rucio"
    assert instance.rucio_auth_url == instance.rucio_base_url
    assert instance.destinations == (Destination("EULAKE-1", "/eos/eulake", None),)
    assert instance.replication_rule_lifetime_days is None
    assert instance.wildcard_enabled is False
    assert instance.default_auth_type == "userpass"
    assert instance.warnings == ()


def test_every_key_of_existing_installations_is_taken() -> None:
    instance = parse_instance(
        {
            **GOOD,
            "rucio_auth_url": "https://auth.example.org",
            "rucio_webui_url": "https://webui.example.org/ui",
            "rucio_ca_cert": "/etc/pki/ca.pem",
            "site_name": "CERN",
            "app_id": "swan",
            "vo": "esc",
            "voms_enabled": True,
            "voms_vomses_path": "/etc/vomses",
            "voms_certdir_path": "/etc/grid-security/certificates",
            "voms_vomsdir_path": "/etc/grid-security/vomsdir",
            "path_begins_at": 4,
            "replication_rule_lifetime_days": 365,
            "cache_expires_at": 1766000000,
            "wildcard_enabled": True,
            "oidc_auth": "file",
            "oidc_file_name": "/run/rucio/token",
            "oidc_env_name": "RUCIO_TOKEN",
        }
    )
    assert instance.warnings == ()
    assert instance.rucio_ca_cert == "/etc/pki/ca.pem"
    assert instance.vo == "esc"
    assert instance.destinations[0].path_begins_at == 4
    assert instance.replication_rule_lifetime_days == 365
    assert instance.cache_expires_at == 1766000000
    assert "oidc" in instance.auth_types


@pytest.mark.parametrize("written", [2, "2", " 2 ", 2.0])
def test_numbers_may_be_written_as_templates_write_them(written: object) -> None:
    assert parse_instance({**GOOD, "path_begins_at": written}).destinations[0].path_begins_at == 2


def test_zero_is_not_the_same_as_left_out() -> None:
    assert parse_instance({**GOOD, "path_begins_at": 0}).destinations[0].path_begins_at == 0


@pytest.mark.parametrize("written", [True, 1, "1", "true", "True", "yes", "on"])
def test_yes_in_all_its_spellings(written: object) -> None:
    assert parse_instance({**GOOD, "wildcard_enabled": written}).wildcard_enabled


@pytest.mark.parametrize("written", [False, 0, "0", "false", "no", "", None])
def test_no_in_all_its_spellings(written: object) -> None:
    assert not parse_instance({**GOOD, "wildcard_enabled": written}).wildcard_enabled


def test_a_download_instance_needs_no_mount() -> None:
    instance = parse_instance(
        {
            "name": "d",
            "display_name": "D",
            "mode": "download",
            "rucio_base_url": "http://localhost:80",
        }
    )
    assert instance.destinations == ()


def test_several_mounts() -> None:
    instance = parse_instance(
        {
            **GOOD,
            "destinations": [
                {"rse": "SCRATCH", "mount_path": "/scratch", "path_begins_at": "0"},
                {"rse": "CNAF", "mount_path": "/cnaf"},
            ],
        }
    )
    assert [mount.rse for mount in instance.destinations] == ["EULAKE-1", "SCRATCH", "CNAF"]
    assert [mount.path_begins_at for mount in instance.destinations] == [None, 0, None]


def test_the_list_of_mounts_is_enough() -> None:
    raw = {key: GOOD[key] for key in ("name", "display_name", "mode", "rucio_base_url")}
    instance = parse_instance({**raw, "destinations": [{"rse": "A", "mount_path": "/a"}]})
    assert instance.destinations == (Destination("A", "/a", None),)


def test_an_unknown_key_is_named_and_does_no_harm() -> None:
    instance = parse_instance({**GOOD, "destination_rs": "X"})
    assert instance.warnings == (
        "destination_rs is not a known key and is ignored (perhaps destination_rse is meant)",
    )


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"name": None}, "name is missing"),
        ({"mode": "both"}, "mode is 'both', expected “replica” or “download”"),
        ({"rucio_base_url": "rucio.example.org"}, "rucio_base_url is 'rucio.example.org'"),
        ({"rucio_base_url": "https://"}, "rucio_base_url is 'https://'"),
        ({"rucio_base_url": "https://h:99999"}, "rucio_base_url is 'https://h:99999'"),
        ({"rucio_base_url": 5}, "rucio_base_url is 5"),
        ({"rucio_auth_url": "https://h/?a=b"}, "rucio_auth_url"),
        ({"destination_rse": None}, "destination_rse is missing, which replica mode needs"),
        ({"rse_mount_path": ""}, "rse_mount_path is missing, which replica mode needs"),
        ({"rse_mount_path": "eos/x"}, "rse_mount_path is 'eos/x', expected an absolute path"),
        ({"path_begins_at": -1}, "path_begins_at is -1, expected a whole number, 0 or more"),
        ({"path_begins_at": "two"}, "path_begins_at is 'two'"),
        ({"path_begins_at": True}, "path_begins_at is True"),
        ({"path_begins_at": 1.5}, "path_begins_at is 1.5"),
        ({"replication_rule_lifetime_days": 0}, "replication_rule_lifetime_days is 0"),
        ({"wildcard_enabled": "maybe"}, "wildcard_enabled is 'maybe', expected true or false"),
        ({"wildcard_enabled": 2}, "wildcard_enabled is 2"),
        ({"oidc_auth": "env"}, "oidc_env_name is missing, which oidc_auth “env” needs"),
        ({"oidc_auth": "file"}, "oidc_file_name is missing"),
        ({"oidc_auth": "vault"}, "oidc_auth is 'vault', expected “env” or “file”"),
        ({"auth_types": ["kerberos"]}, "auth_types[0] is 'kerberos', expected “userpass”"),
        ({"auth_types": []}, "auth_types is [], expected a list"),
        ({"auth_types": "oidc"}, "auth_types is 'oidc', expected a list"),
        ({"auth_types": ["oidc"]}, "oidc_auth is missing, which “oidc” needs"),
        ({"auth_type": "oidc"}, "oidc_auth is missing, which “oidc” needs"),
        ({"auth_type": "ssh"}, "auth_type is 'ssh'"),
        (
            {"auth_types": ["x509"], "auth_type": "userpass"},
            "auth_type is “userpass”, which auth_types does not have",
        ),
        ({"account": 5}, "account is 5"),
        ({"rse_mount_path": "~nobody-of-this-name/x"}, "expected an absolute path"),
        ({"vo": "d\nef"}, "vo is 'd\\nef'"),
        ({"app_id": "Łukasz"}, "sent in a header"),
        ({"rucio_ca_cert": False}, "verification cannot be switched off"),
        ({"cache_expires_at": "soon"}, "cache_expires_at is 'soon'"),
        ({"cache_expires_at": "2026-02-31"}, "cache_expires_at is '2026-02-31'"),
        ({"cache_expires_at": float("inf")}, "cache_expires_at is inf"),
        ({"destinations": {"rse": "A"}}, "expected a list"),
        ({"destinations": ["A"]}, "destinations[0] is 'A'"),
        ({"destinations": [{"rse": "A"}]}, "destinations[0].mount_path is missing"),
        ({"destinations": [{"rse": "EULAKE-1", "mount_path": "/x"}]}, "there twice"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_expected(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_instance({**GOOD, **change})
    assert said in caught.value.message
    assert caught.value.hint
    assert "ESCAPE Data Lake" in caught.value.message


def test_each_wrong_key_is_told_with_its_reason() -> None:
    destinations = [{"rse": "A", "mount_path": "a", "path_begins_at": -1}, {"mount_path": "/b"}]
    with pytest.raises(ConfigurationError) as caught:
        parse_instance(
            {**GOOD, "mode": "both", "destinations": destinations, "cache_expires_at": "2026-02-31"}
        )
    assert caught.value.to_dict()["details"] == [
        {"key": "mode", "reason": "is 'both', expected “replica” or “download”"},
        {"key": "destinations[0].mount_path", "reason": "is 'a', expected an absolute path"},
        {
            "key": "destinations[0].path_begins_at",
            "reason": "is -1, expected a whole number, 0 or more",
        },
        {"key": "destinations[1].rse", "reason": "is missing"},
        {
            "key": "cache_expires_at",
            "reason": "is '2026-02-31', expected seconds since 1970 or a date such as "
            "2026-01-31T12:00:00Z",
        },
    ]


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_instance({"name": "x", "mode": "fast", "rucio_base_url": "ftp://h"})
    for word in ("3 problems", "display_name", "mode", "rucio_base_url"):
        assert word in caught.value.message


class TestWaysIn:
    """What the administrator offers; the user chooses within it."""

    def test_all_that_can_work_are_offered_where_nothing_is_said(self) -> None:
        assert parse_instance(GOOD).auth_types == ("userpass", "x509", "x509_proxy")
        oidc = {"oidc_auth": "env", "oidc_env_name": "TOKEN"}
        instance = parse_instance({**GOOD, **oidc})
        assert instance.auth_types == ("userpass", "x509", "x509_proxy", "oidc")
        assert instance.default_auth_type == "userpass"

    def test_the_administrators_order_is_kept_and_the_first_one_is_the_default(self) -> None:
        instance = parse_instance({**GOOD, "auth_types": ["x509_proxy", "X509", "x509"]})
        assert instance.auth_types == ("x509_proxy", "x509")
        assert instance.default_auth_type == "x509_proxy"

    def test_the_default_of_all_instances_counts_where_it_is_offered(self) -> None:
        offered = {**GOOD, "auth_types": ["userpass", "x509"]}
        assert parse_instance(offered, default_auth_type="x509").default_auth_type == "x509"
        assert parse_instance(offered, default_auth_type="oidc").default_auth_type == "userpass"

    def test_an_instance_has_a_way_in_and_an_account_of_its_own(self) -> None:
        own = {**GOOD, "auth_type": "x509", "account": "production"}
        instance = parse_instance(own, default_auth_type="userpass")
        assert (instance.default_auth_type, instance.default_account) == ("x509", "production")
        assert "userpass" in instance.auth_types

    def test_single_sign_on_as_the_default_of_all_says_where_it_cannot_be(self) -> None:
        instance = parse_instance(GOOD, default_auth_type="oidc")
        assert instance.default_auth_type == "userpass"
        assert instance.warnings == ("oidc is the default way in, but oidc_auth is not set",)


@pytest.mark.parametrize("written", ["Replica", " REPLICA "])
def test_words_may_be_written_in_capitals(written: str) -> None:
    assert parse_instance({**GOOD, "mode": written}).mode == "replica"


def test_a_list_may_be_a_tuple_as_python_files_have_them() -> None:
    instance = parse_instance({**GOOD, "destinations": ({"rse": "A", "mount_path": "/a"},)})
    assert instance.destinations[1] == Destination("A", "/a")


def test_the_cas_of_the_system_may_be_asked_for() -> None:
    assert parse_instance({**GOOD, "rucio_ca_cert": True}).rucio_ca_cert is None


def test_when_a_document_ends_does_not_make_another_instance_of_it() -> None:
    assert parse_instance({**GOOD, "cache_expires_at": 1}) == parse_instance(
        {**GOOD, "cache_expires_at": "2026-01-31", "maintainer": "somebody"}
    )


def test_the_schema_is_one_and_has_what_the_code_has() -> None:
    Draft202012Validator.check_schema(schema.document())
    assert schema.document()["$defs"]["authType"]["enum"] == list(AUTH_TYPES)
    for key, node in schema.properties().items():
        assert node["description"].endswith("."), key
        assert node["x-expected"], key


@pytest.mark.parametrize(
    "address",
    [
        "https://rucio.example.org",
        "HTTP://rucio_server:8443/rucio/v1",
        "https://[2001:db8::1]:443/",
        "https://10.0.0.1:65535",
    ],
)
def test_addresses_in_all_their_forms(address: str) -> None:
    assert parse_instance({**GOOD, "rucio_base_url": address}).rucio_base_url


def test_a_password_in_an_address_is_refused_and_not_repeated() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_instance({**GOOD, "rucio_base_url": "https://alice:wonderland@rucio.example.org"})
    assert "rucio_base_url" in caught.value.message
    assert "wonderland" not in str(caught.value.to_dict())
    with pytest.raises(ConfigurationError) as caught:
        parse_instance({**GOOD, "rucio_auth_url": "https://rucio.example.org/?key=wonderland"})
    assert "wonderland" not in str(caught.value.to_dict())


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(sorted([*GOOD, "path_begins_at", "destinations", "vo", "$url", "x"])),
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text()
        | st.lists(st.dictionaries(st.text(), st.integers()))
        | st.dictionaries(st.text(), st.text()),
    )
)
def test_whatever_stands_there_is_either_taken_or_explained(change: dict[str, Any]) -> None:
    try:
        parse_instance({**GOOD, **change})
    except ConfigurationError as error:
        assert error.message.endswith(".")
