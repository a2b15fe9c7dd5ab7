"""What a user notices of attached variables in a real kernel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Kernel, StartKernel, collection, file, missing, record


@pytest.fixture
def kernel(shared_kernel: Kernel) -> Kernel:
    """For stories that are told in one as well as in another."""
    return shared_kernel


@pytest.fixture
def own_kernel(start_kernel: StartKernel) -> Kernel:
    """For stories about a kernel in which nothing has happened yet."""
    return start_kernel()


def test_an_attached_file_is_a_path_that_knows_its_did(kernel: Kernel, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("mass\n91.2\n")
    comm = kernel.connect()

    answer = kernel.inject(comm, file("events", path, did="demo:a.csv"))

    assert answer["action"] == "ack-inject"
    assert answer["variable_names"] == ["events"]
    assert kernel.run("print(open(events).read().split())").printed == "['mass', '91.2']\n"
    assert kernel.run("events").result == repr(str(path))
    assert kernel.value("[events.path, events.did, events.size, events.did_available]") == [
        str(path),
        "demo:a.csv",
        7,
        True,
    ]
    assert kernel.value("events.pfn") == f"root://eulake-1:1094/{path}"
    assert kernel.value("(isinstance(events, str), type(events.path) is str)") == (True, True)


def test_a_small_collection_is_a_sequence_of_files(kernel: Kernel) -> None:
    comm = kernel.connect()
    kernel.inject(comm, collection("dimuon", files=[record(number) for number in range(3)]))

    assert kernel.value("len(dimuon)") == 3
    assert kernel.value("[f for f in dimuon]") == [record(n)["path"] for n in range(3)]
    assert kernel.value("dimuon[-1]") == record(2)["path"]
    assert kernel.value("dimuon[0].pfn") == record(0)["pfn"]
    assert kernel.value("list(dimuon[1:])") == [record(1)["path"], record(2)["path"]]
    assert kernel.value("dimuon['événements_000001.root'].did") == record(1)["did"]
    assert kernel.value("(dimuon.did, dimuon.did_available)") == ("demo:dimuon_2021", True)
    assert kernel.value("dimuon + ['more']") == [record(n)["path"] for n in range(3)] + ["more"]
    assert kernel.value("dimuon == [*dimuon]") is True
    shown = kernel.run("dimuon").result
    assert shown is not None and "demo:dimuon_2021, 3 files" in shown


def test_an_empty_dataset_is_an_empty_collection(kernel: Kernel) -> None:
    comm = kernel.connect()
    kernel.inject(comm, collection("nothing", files=[]))
    assert kernel.value("(len(nothing), list(nothing), bool(nothing))") == (0, [], False)


@pytest.mark.parametrize(
    "use",
    [
        "str(photons)",
        "open(photons)",
        "import os; os.fspath(photons)",
        "import pathlib; pathlib.Path(photons)",
        "import os; os.path.join('/eos', photons)",
        "photons + '/x'",
        "'/eos/' + photons",
        "f'{photons}:events'",
        "'%s:events' % photons",
        "photons.path",
        "photons.startswith('/')",
        "len(photons)",
        "for f in photons: pass",
        "photons[0]",
        "list(photons)",
        "import uproot; uproot.open(photons)",
        "import pandas; pandas.read_csv(photons)",
        "import h5py; h5py.File(photons)",
        "import astropy.io.fits; astropy.io.fits.open(photons)",
    ],
)
@pytest.mark.parametrize("kind", ["file", "collection"])
def test_what_is_not_available_says_so_on_any_use(
    shared_kernel: Kernel, use: str, kind: str
) -> None:
    comm = shared_kernel.connect()
    answer = shared_kernel.inject(comm, missing("photons", kind))
    assert answer["variable_names"] == ["photons"]

    error = shared_kernel.run(use).error

    assert error is not None
    assert error.startswith("DIDNotAvailableException: demo:photon_2021 is not available: 5 of 12")


def test_what_is_not_available_can_be_looked_at(kernel: Kernel) -> None:
    comm = kernel.connect()
    kernel.inject(comm, missing("photons"))
    assert kernel.run("photons").result == (
        "<Rucio file demo:photon_2021, not available: 5 of 12 files are at EULAKE-1.>"
    )
    assert kernel.value("(photons.did, photons.did_available)") == ("demo:photon_2021", False)
    assert kernel.value("hasattr(photons, 'read')") is False
    assert kernel.run("%whos").error is None


def test_a_missing_file_among_those_of_a_collection_is_no_path(kernel: Kernel) -> None:
    comm = kernel.connect()
    files = [record(0), {**record(1), "path": None}]
    kernel.inject(comm, collection("dimuon", files=files))
    assert kernel.value("[f.did_available for f in dimuon]") == [True, False]
    assert "DIDNotAvailable" in str(kernel.run("open(dimuon[1])").error)


def test_a_collection_of_100_000_files_is_read_from_its_manifest(
    kernel: Kernel, manifest: Callable[[int], dict[str, Any]]
) -> None:
    comm = kernel.connect()
    count = 100_000
    answer = kernel.inject(comm, collection("many", manifest=manifest(count)))
    assert answer["variable_names"] == ["many"]

    assert kernel.value("len(many)") == count
    assert kernel.value("sum(f.size for f in many)") == sum(range(count))
    assert kernel.value("many[-1]") == record(count - 1)["path"]
    assert kernel.value("list(many[99990::4])") == [
        record(number)["path"] for number in (99_990, 99_994, 99_998)
    ]
    assert kernel.value("list(many[::-1][:2])") == [record(n)["path"] for n in (99_999, 99_998)]
    assert kernel.value("[many[-5:][k].size for k in (0, -1)]") == [99_995, 99_999]
    assert kernel.value("list(many[:][:][:1])") == [record(0)["path"]]
    assert kernel.value("many['demo:événements_054321.root'].size") == 54_321
    assert "no file 'nobody'" in str(kernel.run("many['nobody']").error)
    assert "there is no [100000]" in str(kernel.run("many[100000]").error)
    shown = kernel.run("many").result
    assert shown is not None and "100,000 files" in shown and len(shown) < 400


def test_a_collection_outlives_the_manifest_it_came_from(
    kernel: Kernel, manifest: Callable[[int], dict[str, Any]]
) -> None:
    comm = kernel.connect()
    listed = manifest(2000)
    kernel.inject(comm, collection("many", manifest=listed))
    Path(listed["path"]).unlink()
    assert kernel.value("(many[1999].size, len(list(many)))") == (1999, 2000)


def test_workers_forked_from_the_kernel_read_the_collection(
    kernel: Kernel, manifest: Callable[[int], dict[str, Any]]
) -> None:
    comm = kernel.connect()
    kernel.inject(comm, collection("many", manifest=manifest(2000)))
    kernel.run(
        "import pickle, threading\n"
        "totals = []\n"
        "def total(): totals.append(sum(f.size for f in many))\n"
        "threads = [threading.Thread(target=total) for _ in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "copy = pickle.loads(pickle.dumps(many))\n"
        "one = pickle.loads(pickle.dumps(many[7]))\n"
    )
    assert kernel.value("totals") == [sum(range(2000))] * 4
    assert kernel.value("(copy == many, one.did)") == (True, record(7)["did"])


def test_a_manifest_that_is_cut_short_is_told_and_not_taken_for_the_whole(
    kernel: Kernel, manifest: Callable[[int], dict[str, Any]]
) -> None:
    comm = kernel.connect()
    listed = manifest(1500)
    kernel.inject(comm, collection("many", manifest={**listed, "count": 1501}))
    assert "fewer than the 1,501 files" in str(kernel.run("list(many)").error)
    assert "resolve_dids()" in str(kernel.run("many[-1]").error)


def test_what_cannot_be_made_is_not_acknowledged_and_keeps_nothing_else_back(
    kernel: Kernel, tmp_path: Path
) -> None:
    comm = kernel.connect()
    answer = kernel.inject(
        comm,
        file("class", tmp_path),
        file("two words", tmp_path),
        collection("lost", manifest={"path": "/nowhere/1.jsonl", "count": 2, "format": "jsonl"}),
        collection("silent"),
        file("good", tmp_path),
    )
    assert answer["variable_names"] == ["good"]
    assert "cannot be the name of a Python variable" in answer["problems"]["class"]
    assert "cannot be the name of a Python variable" in answer["problems"]["two words"]
    assert "cannot be read here (No such file or directory)" in answer["problems"]["lost"]
    assert "Inject it again" in answer["problems"]["silent"]
    assert kernel.value("'lost' in globals()") is False


def test_becoming_available_replaces_the_variable(kernel: Kernel, tmp_path: Path) -> None:
    comm = kernel.connect()
    kernel.inject(comm, missing("photons"))
    kernel.inject(comm, file("photons", tmp_path / "p.root"))
    assert kernel.value("photons") == str(tmp_path / "p.root")


def test_detaching_takes_the_variable_but_not_what_the_user_put_there(
    kernel: Kernel, tmp_path: Path
) -> None:
    comm = kernel.connect()
    kernel.inject(comm, file("ours", tmp_path), file("theirs", tmp_path))
    kernel.run("theirs = 42")

    answer = kernel.say(comm, {"action": "remove", "variable_names": ["ours", "theirs", "never"]})

    assert answer["action"] == "ack-remove"
    assert "NameError" in str(kernel.run("ours").error)
    assert kernel.value("theirs") == 42


def test_the_user_notices_nothing_but_the_variable(own_kernel: Kernel, tmp_path: Path) -> None:
    before = own_kernel.run("6 * 7")
    comm = own_kernel.connect()
    own_kernel.inject(comm, file("events", tmp_path))

    after = own_kernel.run("(_, In[-2])")

    assert after.count == before.count + 1
    assert after.result == "(42, '6 * 7')"
    assert (after.printed, after.told) == ("", "")
    assert own_kernel.run("%who").printed.split() == ["events"]


def test_after_a_restart_the_variables_are_gone_until_they_are_sent_again(
    own_kernel: Kernel, tmp_path: Path
) -> None:
    comm = own_kernel.connect()
    own_kernel.inject(comm, file("events", tmp_path))
    own_kernel.manager.restart_kernel(now=True)
    own_kernel.client.wait_for_ready(timeout=60)
    assert "NameError" in str(own_kernel.run("events").error)

    own_kernel.inject(own_kernel.connect(), file("events", tmp_path))

    assert own_kernel.value("events") == str(tmp_path)


def test_two_pages_on_one_kernel_each_get_their_answer(own_kernel: Kernel, tmp_path: Path) -> None:
    first, second = own_kernel.connect(), own_kernel.connect()
    own_kernel.inject(first, file("one", tmp_path))
    answer = own_kernel.say(
        second, {"action": "inject", "id": "b-1", "dids": [file("two", tmp_path)]}
    )
    assert (answer["variable_names"], answer["id"]) == (["two"], "b-1")
    assert own_kernel.value("one == two") is True


def test_a_page_without_comms_of_its_own_attaches_by_an_expression(
    own_kernel: Kernel, tmp_path: Path
) -> None:
    message = {"action": "inject", "dids": [file("events", tmp_path)]}
    perform = "__import__('rucio_jupyterlab.kernels.ipython', fromlist=['perform']).perform"
    assert own_kernel.value(f"{perform}({message!r})")["variable_names"] == ["events"]
    assert own_kernel.value("events") == str(tmp_path)


def test_resolve_dids_asks_the_page_to_send_again(own_kernel: Kernel) -> None:
    comm = own_kernel.connect()
    outcome = own_kernel.client.execute("resolve_dids()")
    assert outcome
    assert own_kernel.hear("comm_msg", comm)["data"] == {"action": "request-inject"}


def test_resolve_dids_finds_a_page_that_has_not_called_yet(own_kernel: Kernel) -> None:
    loaded = own_kernel.run("%load_ext rucio_jupyterlab.kernels.ipython")
    assert (loaded.printed, loaded.told) == ("", "")
    own_kernel.client.execute("resolve_dids()")
    opening = own_kernel.hear("comm_open")
    assert opening["target_name"] == "rucio-jupyterlab:frontend"
    assert opening["data"] == {"action": "request-inject"}


def test_notebooks_and_images_that_load_the_extension_themselves_go_on_working(
    start_kernel: StartKernel, tmp_path: Path
) -> None:
    kernel = start_kernel("--IPKernelApp.extensions=rucio_jupyterlab.kernels.ipython")
    assert kernel.value("callable(resolve_dids)") is True
    loaded = kernel.run("%load_ext rucio_jupyterlab.kernels.ipython")
    assert loaded.error is None
    kernel.inject(kernel.open_comm(), file("events", tmp_path))
    assert kernel.run("%reload_ext rucio_jupyterlab.kernels.ipython").error is None
    kernel.inject(kernel.connect(), file("again", tmp_path))
    assert kernel.value("(events, again)") == (str(tmp_path), str(tmp_path))


def test_unloading_leaves_the_users_variables(own_kernel: Kernel, tmp_path: Path) -> None:
    own_kernel.inject(own_kernel.connect(), file("events", tmp_path))
    assert own_kernel.run("%unload_ext rucio_jupyterlab.kernels.ipython").error is None
    assert own_kernel.value("(events, 'resolve_dids' in globals())") == (str(tmp_path), False)
