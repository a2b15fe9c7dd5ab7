"""Everything that a talkative server wrote while it was asked everything."""

from __future__ import annotations

import asyncio
import json
import secrets
import socket
from collections.abc import Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from faultproxy import FaultProxy, fault_proxy
from lakedata import LakeData

from lake.testing import Lake

from .drive import Drive, driving
from .drivers import Ask, Known, right, wrong
from .identities import marked_key, marked_password
from .marked import Piece, Secret, known, marked
from .notebook import work_in_a_notebook
from .talkative import SeenFile, Talkative, talkative_server

USERNAME = f"user-{secrets.token_hex(4)}"
# A list of more files than this goes through a manifest.
LONGEST_LIST = 1000
# For what stands in an address or a variable: whoever writes it there has quoted it.
PLAIN = ""


@dataclass
class Evidence:
    """``secrets`` are all secrets by name, Rucio's tokens included. ``kept`` are the files while
    somebody is signed in, ``left`` those after signing out. ``kernel`` is a kernel's environment.
    ``shown_to_rucio`` are the names of the tokens that came with requests to Rucio.
    """

    secrets: dict[str, Secret]
    answers: list[Piece] = field(default_factory=list)
    events: list[Piece] = field(default_factory=list)
    children: list[Piece] = field(default_factory=list)
    log: bytes = b""
    kept: list[SeenFile] = field(default_factory=list)
    left: list[SeenFile] = field(default_factory=list)
    kernel: str = ""
    shown_to_rucio: frozenset[str] = frozenset()
    statuses: Mapping[int, int] = field(default_factory=dict)
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Data:
    """Datasets: one that is not here, and two that are, of which the larger needs a manifest."""

    elsewhere: str
    few: str
    many: str


def datasets(lake: Lake, data: LakeData) -> Data:
    here = lake.connection["destination"]
    few, many = (
        data.collection("dataset", data.files(count, rse=here, size_bytes=1))
        for count in (2, LONGEST_LIST + 1)
    )
    for did in (few, many):
        data.rule(did, here)
    return Data(
        elsewhere=data.collection("dataset", data.files(2)),
        few=few,
        many=many,
    )


def gather(lake: Lake, instance: dict[str, Any], data: Data, folder: Path) -> Evidence:
    """Starts the server, asks it everything, ends it."""
    given = folder / "given"
    given.mkdir(parents=True)
    evidence = Evidence(_secrets(lake))
    hidden = evidence.secrets
    with ExitStack() as stack:
        proxy = stack.enter_context(fault_proxy(lake.rucio_url))
        password = stack.enter_context(marked_password(lake, USERNAME, hidden["the password"]))
        certificate, hidden["the private key"] = marked_key(lake, hidden["the passphrase"], given)
        (given / "token").write_text(hidden["a token in a file"].value + "\n")
        server = stack.enter_context(
            talkative_server(
                folder,
                {"RucioConfig": _configuration(lake, instance, proxy.url, hidden, given)},
                _environment(hidden),
            )
        )
        hidden["Jupyter's token"] = known("Jupyter's token", server.token)
        ways = {
            "lake": {"type": "userpass", "params": password},
            "certificates": {"type": "x509", "params": certificate},
        }
        asyncio.run(_ask_everything(evidence, server, proxy, ways, data))
    evidence.log = server.log()
    evidence.left = server.files()
    evidence.children = list(server.children.values())
    names = {secret.value: name for name, secret in hidden.items()}
    for number, token in enumerate(sorted(proxy.tokens - names.keys())):
        names[token] = f"Rucio's token {number}"
        hidden[names[token]] = known(names[token], token)
    evidence.shown_to_rucio = frozenset(names[token] for token in proxy.tokens)
    return evidence


def _secrets(lake: Lake) -> dict[str, Secret]:
    all_of_them = [
        marked("the password"),
        marked("a wrong password"),
        marked("a password no header carries", odd="→\r\n"),
        marked("the passphrase"),
        marked("a wrong passphrase"),
        known("a token in a file", lake.make_token()),
        marked("a token in the environment", odd=PLAIN),
        marked("a password in an address", odd=PLAIN),
        marked("a query in an address", odd=PLAIN),
        marked("a password in a proxy's address", odd=PLAIN),
    ]
    return {secret.name: secret for secret in all_of_them}


def _configuration(
    lake: Lake, instance: dict[str, Any], rucio_url: str, hidden: Mapping[str, Secret], given: Path
) -> dict[str, Any]:
    """The lake behind the fault proxy, and instances with all that an operator can get wrong."""
    password = hidden["a password in an address"].value
    query = hidden["a query in an address"].value
    host = rucio_url.removeprefix("http://")
    good = {
        **instance,
        "rucio_base_url": rucio_url,
        "rucio_auth_url": rucio_url,
        "allow_download": True,
    }
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{free.getsockname()[1]}"
    tls = {key: lake.tls[key] for key in ("rucio_url", "auth_url", "ca_file", "other_ca_file")}
    certificates = {
        "rucio_base_url": tls["rucio_url"],
        "rucio_auth_url": tls["auth_url"],
        "rucio_ca_cert": tls["ca_file"],
    }
    others = {
        "certificates": certificates,
        "untrusted": {**certificates, "rucio_ca_cert": tls["other_ca_file"]},
        "sso": {"oidc_auth": "file", "oidc_file_name": str(given / "token")},
        "sso by environment": {"oidc_auth": "env", "oidc_env_name": "SITE_TOKEN"},
        "down": {"rucio_base_url": nobody, "rucio_auth_url": nobody},
        "user in address": {"rucio_base_url": f"https://user:{password}@{host}/rucio"},
        "query in address": {"rucio_base_url": f"{rucio_url}/?token={query}"},
        "query in auth address": {"rucio_auth_url": f"{rucio_url}/?token={query}"},
        "query in web address": {"rucio_webui_url": f"https://a:{password}@b/?token={query}"},
        "remote": {"$url": f"http://user:{password}@{host}/config.json?token={query}"},
        "remote and down": {"$url": f"{nobody}/config.json?token={query}"},
    }
    remote_keys = ("name", "display_name", "mode", "$url")
    instances = [good]
    for name, changes in others.items():
        whole = {**good, **changes, "name": name, "display_name": name.capitalize()}
        instances.append({key: whole[key] for key in remote_keys} if "$url" in changes else whole)
    return {
        "instances": instances,
        "default_instance": "lake",
        "log_level": "debug",
        # Where what is kept can be looked at.
        "store_credentials": "file",
    }


def _environment(hidden: Mapping[str, Secret]) -> dict[str, str]:
    password = hidden["a password in a proxy's address"].value
    return {
        "SITE_TOKEN": hidden["a token in the environment"].value,
        "HTTP_PROXY": f"http://proxy-user:{password}@127.0.0.1:9",
        "HTTPS_PROXY": f"http://proxy-user:{password}@127.0.0.1:9",
    }


async def _ask_everything(
    evidence: Evidence,
    server: Talkative,
    proxy: FaultProxy,
    ways: Mapping[str, dict[str, Any]],
    data: Data,
) -> None:
    async with driving(server) as drive:
        here = Known("lake", data.elsewhere, "no-rule-yet", ways["lake"])
        await drive.ask_all(right(here, last=False), about="before signing in")
        await _sign_in_wrongly(drive, here, evidence.secrets)
        await drive.sign_in(here)
        begun = await drive.ask(Ask("POST", "instances/lake/availability", body={"did": here.did}))
        here = replace(here, rule=begun.json()["rule"]["id"], job=await drive.download(here))
        with_certificate = replace(here, instance="certificates", way_in=ways["certificates"])
        await _use_a_certificate(drive, with_certificate, evidence.secrets)
        await drive.ask_all(right(here, last=False), about="signed in")
        await drive.ask_all(wrong(here), about="wrongly")
        evidence.kernel = await _use(drive, data)
        # With what a worker needs on the disk only while it works, and its log for good.
        await drive.download(here)
        evidence.kept = server.files()
        await drive.mistakes(here)
        await drive.suffer(here, proxy)
        for other in (await drive.ask(Ask("GET", "instances"))).json()["items"]:
            there = replace(
                here, instance=other["name"], way_in=ways.get(other["name"], here.way_in)
            )
            await drive.ask_all(right(there), about="elsewhere")
    evidence.answers, evidence.events = drive.answers, drive.events
    evidence.statuses, evidence.codes = drive.statuses, frozenset(drive.codes)


async def _use(drive: Drive, data: Data) -> str:
    wanted = (("few", data.few), ("many", data.many))
    items = [{"did": did, "variable_name": name} for name, did in wanted]
    body = {"items": items, "notebook": "attached.ipynb"}
    answer = await drive.ask(Ask("POST", "instances/lake/attachments", body=body))
    return await work_in_a_notebook(drive, answer.json()["items"])


async def _use_a_certificate(drive: Drive, there: Known, hidden: Mapping[str, Secret]) -> None:
    wrong_one = {**there.way_in["params"], "passphrase": hidden["a wrong passphrase"].value}
    path = f"instances/{there.instance}/credentials"
    for params in (wrong_one, {**wrong_one, "key": there.way_in["params"]["certificate"]}):
        for method in ("POST", "PUT"):
            await drive.ask(Ask(method, path, body={"type": "x509", "params": params}))
    await drive.sign_in(there)
    await drive.ask_all(right(there, last=False), about="with a certificate")


async def _sign_in_wrongly(drive: Drive, here: Known, hidden: Mapping[str, Secret]) -> None:
    wrong_password = hidden["a wrong password"].value
    right_password = here.way_in["params"]["password"]
    impossible = hidden["a password no header carries"].value
    params: list[Any] = [
        {"username": USERNAME, "password": wrong_password, "account": "alice"},
        {"username": USERNAME, "password": impossible, "account": "alice"},
        {"username": USERNAME, "password": [wrong_password]},
        {"username": USERNAME, "password": {"is": wrong_password}},
        {"password": wrong_password},
        {"username": {}, "password": wrong_password},
        # The password where the name belongs.
        {"username": wrong_password, "password": USERNAME},
        {"username": USERNAME, "password": right_password, "account": "nobody"},
        {"username": USERNAME, "password": f"{right_password}\n"},
        [wrong_password],
        wrong_password,
    ]
    bodies: list[Any] = [{"type": "userpass", "params": one} for one in params]
    bodies += [{"type": "userpass", "params": params[0], "more": wrong_password}]
    bodies += [{"type": "userpass", "password": wrong_password}, [wrong_password], wrong_password]
    bodies += [json.dumps({"type": "userpass", "params": params[0]}).encode()[:-3]]
    bodies += [b"\xff" + json.dumps(params[0]).encode()]
    for name in ("x509", "x509_proxy", "oidc"):
        more = {"passphrase": hidden["a wrong passphrase"].value, "certificate": "/", "proxy": "/"}
        bodies.append({"type": name, "params": {**more, "password": wrong_password}})
    for body in bodies:
        for method in ("PUT", "POST"):
            await drive.ask(Ask(method, f"instances/{here.instance}/credentials", body=body))
