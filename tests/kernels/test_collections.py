"""What a user does with an attached collection, all of it or partly there, in a real kernel."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from .conftest import LOST, Kernel, collection, file, missing, record

Listed = Callable[..., dict[str, Any]]


@pytest.fixture
def kernel(shared_kernel: Kernel) -> Iterator[Kernel]:
    """One for all of these stories: each detaches what it attached."""
    comm = shared_kernel.connect()
    yield shared_kernel
    names = ["dimuon", "many", "part", "photons", "events", "odd"]
    shared_kernel.say(comm, {"action": "remove", "variable_names": names})


def partly(name: str, **listed: Any) -> dict[str, Any]:
    """The message part for a collection of which only some files are there."""
    more = {"didAvailable": False, "message": "3 of 5 files are at EULAKE-1."}
    return {**collection(name, **listed), **more}


def some(lost: set[int], count: int = 5) -> list[dict[str, Any]]:
    return [{**record(n), **(LOST if n in lost else {})} for n in range(count)]


def test_a_partly_available_collection_gives_what_is_there_and_says_what_is_not(
    kernel: Kernel,
) -> None:
    answer = kernel.inject(kernel.open_comm(), partly("part", files=some({1, 3})))
    assert answer["variable_names"] == ["part"]

    assert kernel.value("(len(part), part.did_available)") == (5, False)
    assert kernel.value("[f.did_available for f in part]") == [True, False, True, False, True]
    assert kernel.value("part.reason") == "3 of 5 files are at EULAKE-1."
    shown = kernel.run("part").result
    assert shown is not None
    assert shown.startswith("<Rucio collection demo:dimuon_2021, 3 of 5 files are here: [")

    here = [record(n)["path"] for n in (0, 2, 4)]
    assert kernel.value("list(part.available_files)") == here
    assert kernel.value("part.available_files.did_available") is True
    assert kernel.value("list(part.available_files[::-1])") == here[::-1]
    assert kernel.value("[f.did for f in part.missing_files]") == [record(n)["did"] for n in (1, 3)]
    assert kernel.value("part.missing_files.did_available") is False
    assert kernel.value("part[::2].did_available") is True
    assert "2 of its 5 files" in str(kernel.run("part.missing_files").result)

    for use in (
        "open(part[1])",
        "[open(f) for f in part[1:]]",
        "part['événements_000003.root'].path",
    ):
        error = kernel.run(use).error
        assert error is not None
        assert error.startswith("DIDNotAvailableException: demo:événements_00000")
        assert "Its transfer to EULAKE-1 is stuck." in error


def test_of_100_000_files_that_are_partly_there_the_list_is_read_when_it_is_used(
    kernel: Kernel, manifest: Listed
) -> None:
    listed = manifest(100_000, lost={7, 99_999})
    kernel.inject(kernel.open_comm(), partly("part", manifest=listed))
    assert "99,998 of 100,000 files are here" in str(kernel.run("part").result)
    assert kernel.value("len(part.available_files)") == 99_998
    assert kernel.value("[f.did for f in part.missing_files]") == [
        record(n)["did"] for n in (7, 99_999)
    ]
    assert kernel.value("part.available_files[-1].size") == 99_998
    assert kernel.value("sum(f.size for f in part.available_files[5:10])") == 5 + 6 + 8 + 9 + 10
    assert kernel.value("(part[:7].did_available, part[:8].did_available)") == (True, False)
    assert kernel.value("part['demo:événements_000007.root'].did_available") is False


def test_of_a_very_large_collection_a_file_is_there_where_it_is_seen_whole(
    kernel: Kernel, tmp_path: Path
) -> None:
    """Rucio could not be asked about each, so the kernel looks when one is used."""
    files = []
    for name, size in (("whole", 7), ("growing", 3), ("absent", None)):
        path = tmp_path / name
        if size is not None:
            path.write_bytes(b"x" * size)
        about = {"did": f"demo:{name}", "size": 7, "message": "Rucio cannot say quickly."}
        files.append({"path": None, "pfn": f"root://h/{name}", "expected": str(path), **about})
    kernel.inject(kernel.open_comm(), partly("part", files=files))
    assert "known when it is used" in str(kernel.run("part").result)
    assert "known when it is used" in kernel.value("part._repr_html_()")
    assert kernel.value("[f.did_available for f in part]") == [True, False, False]
    assert kernel.value("(open(part[0]).read(), part[0].pfn)") == ("x" * 7, "root://h/whole")
    error = str(kernel.run("open(part['growing'])").error)
    assert f"{tmp_path / 'growing'} is not there, or not all of it." in error
    assert kernel.value("list(part.available_files)") == [str(tmp_path / "whole")]
    assert kernel.value("list(part.to_dataframe().available)") == [True, False, False]
    # What has come meanwhile is seen.
    (tmp_path / "absent").write_bytes(b"y" * 7)
    assert kernel.value("open(part['absent']).read()") == "y" * 7


def test_a_collection_is_looked_at_as_a_table(kernel: Kernel) -> None:
    kernel.inject(kernel.open_comm(), partly("part", files=some({1}, count=12)))
    page = kernel.value("part._repr_html_()")
    assert "11 of 12 files are here" in page
    assert page.count("<tr>") == 1 + 10
    assert "… and 2 files more" in page
    assert record(0)["path"] in page
    assert "not here: Its transfer to EULAKE-1 is stuck." in page


def test_a_name_with_html_in_it_is_shown_as_it_is(kernel: Kernel) -> None:
    evil = "<script>alert(1)</script>"
    files = [{"path": f"/eos/{evil}", "did": f"demo:{evil}", "size": 2_500_000}, {**LOST}]
    files[1].update(did=f"demo:{evil}2", message=evil)
    comm = kernel.open_comm()
    kernel.inject(
        comm,
        {**partly("part", files=files), "did": f"demo:{evil}"},
        {**missing("photons", "collection"), "did": f"demo:{evil}", "message": evil},
        {**missing("odd"), "did": f"demo:{evil}"},
    )
    for name in ("part", "photons", "odd"):
        page = kernel.value(f"{name}._repr_html_()")
        assert "<script" not in page
        assert "demo:&lt;script&gt;" in page
    assert "2.5 MB" in kernel.value("part._repr_html_()")


def test_a_collection_becomes_a_dataframe(kernel: Kernel) -> None:
    files = [*some({1}, count=3), {"path": "/eos/x", "did": "demo:x"}]
    kernel.inject(kernel.open_comm(), partly("part", files=files), collection("dimuon", files=[]))
    kernel.run("frame = part.to_dataframe(); nothing = dimuon.to_dataframe()")
    columns = ["did", "path", "pfn", "size", "available"]
    assert kernel.value("list(frame.columns)") == columns
    assert kernel.value("list(frame.did)") == [*(record(n)["did"] for n in range(3)), "demo:x"]
    assert kernel.value("list(frame.available)") == [True, False, True, True]
    assert kernel.value("[str(s) for s in frame['size']]") == ["0", "1", "2", "<NA>"]
    assert kernel.value("int(frame[frame.available]['size'].sum())") == 2
    assert kernel.value("bool(frame.path.isna()[1])") is True
    assert kernel.value("(len(nothing), list(nothing.columns))") == (0, columns)


def test_equality_and_membership(kernel: Kernel, manifest: Listed) -> None:
    kernel.inject(
        kernel.open_comm(),
        collection("dimuon", files=[record(n) for n in range(2000)][:5]),
        collection("many", manifest=manifest(2000)),
        partly("part", files=some({1})),
        missing("photons"),
    )
    assert kernel.value("(dimuon == many[:5], dimuon == many, dimuon[1:] == [*many][1:5])") == (
        True,
        False,
        True,
    )
    assert kernel.value("(dimuon == part, part == part[:], part != dimuon)") == (False, True, True)
    assert kernel.value("(part[1] == part[1:][0], part[1] == photons, photons == 7)") == (
        True,
        False,
        False,
    )
    assert kernel.value(
        "[x in dimuon for x in (dimuon[3], 'événements_000003.root', 'no', 7)]"
    ) == [
        True,
        True,
        False,
        False,
    ]
    assert kernel.value("(part[1] in part, photons in part, many[1999] in many[:5])") == (
        True,
        False,
        False,
    )
    assert kernel.value("len({photons, photons, part[1]})") == 2


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_workers_get_files_and_collections(
    kernel: Kernel, manifest: Listed, method: str, tmp_path: Path
) -> None:
    comm = kernel.open_comm()
    kernel.inject(
        comm,
        file("events", tmp_path / "a.root"),
        missing("photons", "collection"),
        partly("part", files=some({1})),
        collection("many", manifest=manifest(3000)),
    )
    kernel.run(
        "import concurrent.futures, multiprocessing, operator\n"
        f"context = multiprocessing.get_context({method!r})\n"
        "def ask(function, *arguments):\n"
        "    return pool.submit(function, *arguments).result(timeout=60)\n"
        "pool = concurrent.futures.ProcessPoolExecutor(1, mp_context=context)\n"
        "did = operator.attrgetter('did')\n"
    )
    assert kernel.value("ask(operator.attrgetter('pfn'), events)").endswith("a.root")
    assert kernel.value("ask(repr, photons)") == kernel.value("repr(photons)")
    assert kernel.value("ask(repr, part)") == kernel.value("repr(part)")
    assert kernel.value("ask(repr, many[10:20])") == kernel.value("repr(many[10:20])")
    assert kernel.value("[ask(len, x) for x in (many, many[::2], part.missing_files)]") == [
        3000,
        1500,
        1,
    ]
    assert kernel.value("ask(operator.itemgetter(2999), many) == many[-1]") is True
    assert kernel.value("ask(list, part)[1] == part[1]") is True
    # What fails in a worker is told as it would be here.
    error = kernel.run("ask(str, photons)").error
    assert error == kernel.run("str(photons)").error
    assert error is not None
    assert error.startswith("DIDNotAvailableException: demo:photon_2021 is not available: 5 of 12")
    kernel.run("pool.shutdown()")


def test_a_list_whose_file_is_gone_goes_to_a_worker_all_the_same(
    kernel: Kernel, manifest: Listed
) -> None:
    listed = manifest(3000)
    kernel.inject(kernel.open_comm(), collection("many", manifest=listed))
    Path(listed["path"]).unlink()
    kernel.run("import pickle; sent = pickle.dumps(many); copy = pickle.loads(sent)")
    assert kernel.value("(copy == many, copy[2999].did)") == (True, record(2999)["did"])
    assert kernel.value("len(sent)") < 3000 * 100


def test_whoever_looks_at_all_variables_sees_the_attached_ones(
    kernel: Kernel, manifest: Listed, tmp_path: Path
) -> None:
    """As inspectors do: with repr, getsizeof and dir, and over the debugger's protocol."""
    kernel.inject(
        kernel.open_comm(),
        file("events", tmp_path / "a.root"),
        missing("photons", "collection"),
        partly("part", files=some({1})),
        collection("many", manifest=manifest(100_000)),
    )
    kernel.run("import sys")
    for name in ("events", "photons", "part", "many"):
        assert kernel.value(f"sys.getsizeof({name})") > 0
        assert len(kernel.value(f"repr({name})")) < 500
    public = "[n for n in dir({}) if not n.startswith('_')]"
    assert kernel.value(public.format("many")) == [
        "available_files",
        "count",
        "did",
        "did_available",
        "index",
        "instance",
        "missing_files",
        "reason",
        "to_dataframe",
        "wait",
    ]
    names = ["did", "did_available", "instance", "reason", "wait"]
    assert kernel.value(public.format("photons")) == names
    assert kernel.run("%whos").error is None

    seen = {entry["name"]: entry for entry in kernel.inspect_variables()}
    assert "not available: 5 of 12" in seen["photons"]["value"]
    assert "100,000 files" in seen["many"]["value"]
    assert "4 of 5 files are here" in seen["part"]["value"]


def test_a_list_that_cannot_be_read_does_not_keep_one_from_looking(
    kernel: Kernel, manifest: Listed
) -> None:
    listed = manifest(1500)
    Path(listed["path"]).write_text("not what it was\n")
    kernel.inject(kernel.open_comm(), collection("many", manifest=listed))
    shown = kernel.run("many")
    assert shown.error is None
    assert "1,500 files; " in str(shown.result)
    assert "is damaged" in str(shown.result)
    assert "is damaged" in kernel.value("many._repr_html_()")


def test_only_the_variables_that_were_asked_for_are_left_in_the_namespace(
    kernel: Kernel, tmp_path: Path
) -> None:
    comm = kernel.open_comm()
    assert "resolve_dids" not in kernel.run("%who").printed
    before = set(kernel.value("dir()"))
    assert "resolve_dids" in before
    kernel.inject(comm, file("events", tmp_path), partly("part", files=some({1})))
    assert set(kernel.value("dir()")) - before == {"events", "part"}
    kernel.say(comm, {"action": "remove", "variable_names": ["events", "part"]})
    assert set(kernel.value("dir()")) == before


def test_what_is_detached_goes_unless_the_user_has_made_it_something_else(
    kernel: Kernel, tmp_path: Path
) -> None:
    comm = kernel.open_comm()
    kernel.inject(comm, file("events", tmp_path), file("odd", tmp_path), file("many", tmp_path))
    kernel.run("kept = events; odd = odd + '/mine'; del many; many = [1]")
    kernel.say(comm, {"action": "remove", "variable_names": ["events", "odd", "many"]})
    assert "NameError" in str(kernel.run("events").error)
    assert kernel.value("(kept, odd, many)") == (str(tmp_path), f"{tmp_path}/mine", [1])
    # Attached once more, the name is the attachment's again.
    kernel.inject(comm, file("odd", tmp_path / "new"))
    assert kernel.value("odd") == str(tmp_path / "new")
    kernel.run("del many")


def test_what_was_attached_before_the_extension_was_reloaded_can_be_detached(
    kernel: Kernel, tmp_path: Path
) -> None:
    kernel.inject(kernel.open_comm(), file("events", tmp_path))
    assert kernel.run("%reload_ext rucio_jupyterlab.kernels.ipython").error is None
    kernel.say(kernel.connect(), {"action": "remove", "variable_names": ["events"]})
    assert "NameError" in str(kernel.run("events").error)


def test_a_kernel_that_does_not_see_the_servers_disk_gets_the_files_in_pages(
    kernel: Kernel, manifest: Listed
) -> None:
    comm = kernel.open_comm()
    listed = {**manifest(2500, lost={3}), "path": "/on/the/server/only.jsonl"}
    answer = kernel.inject(comm, partly("part", manifest=listed))
    assert (answer["variable_names"], answer["needs_pages"]) == ([], ["part"])
    assert "cannot be read here" in answer["problems"]["part"]
    assert "NameError" in str(kernel.run("part").error)

    files = some({3}, count=2500)
    for offset in (0, 1000, 2000):
        page = {"variableName": "part", "files": files[offset : offset + 1000], "offset": offset}
        answer = kernel.say(comm, {"action": "inject-page", "count": 2500, "id": "p", **page})
        assert (answer["action"], answer["id"]) == ("ack-inject", "p")
        is_last = offset == 2000
        assert answer["variable_names"] == (["part"] if is_last else [])
        assert answer["needs_pages"] == ([] if is_last else ["part"])
        assert answer["problems"] == {}

    assert "2,499 of 2,500 files are here" in str(kernel.run("part").result)
    assert kernel.value("(part[2499].size, part[3].did_available)") == (2499, False)
    assert kernel.value("len(__import__('pickle').loads(__import__('pickle').dumps(part)))") == 2500


def test_pages_in_disorder_make_no_variable(kernel: Kernel, manifest: Listed) -> None:
    comm = kernel.open_comm()
    listed = {**manifest(2500), "path": "/on/the/server/only.jsonl"}
    kernel.inject(comm, collection("many", manifest=listed))
    page = {"variableName": "many", "files": [record(0)], "offset": 1000, "count": 2500}
    for _ in range(2):
        answer = kernel.say(comm, {"action": "inject-page", **page})
        assert (answer["variable_names"], answer["needs_pages"]) == ([], [])
        assert "in disorder" in answer["problems"]["many"]


def test_waiting_for_what_is_here_takes_no_time(kernel: Kernel, tmp_path: Path) -> None:
    files = [record(n) for n in range(3)]
    kernel.inject(kernel.open_comm(), file("events", tmp_path), collection("dimuon", files=files))
    assert kernel.value("(events.wait() is events, dimuon.wait(timeout=1) is dimuon)") == (
        True,
        True,
    )


def test_the_tab_key_offers_what_can_be_done(kernel: Kernel, tmp_path: Path) -> None:
    kernel.inject(
        kernel.open_comm(),
        file("events", tmp_path),
        missing("photons", "collection"),
        partly("part", files=some({1})),
    )
    offered = {name.rpartition(".")[2] for name in kernel.complete("part.")}
    assert {"available_files", "missing_files", "to_dataframe", "wait", "did"} <= offered
    assert kernel.complete("photons.wa") in (["photons.wait"], ["wait"])
    assert {"pfn", "did", "size", "startswith"} <= {
        name.rpartition(".")[2] for name in kernel.complete("events.")
    }


def test_a_kernel_that_cannot_ask_rucio_says_what_waiting_needs(kernel: Kernel) -> None:
    kernel.inject(kernel.open_comm(), missing("photons", "collection"))
    kernel.run("import sys; sys.modules['httpx'] = None")
    error = kernel.run("photons.wait(timeout=1)").error
    kernel.run("del sys.modules['httpx']")
    assert error is not None
    assert error.startswith("WaitingError: This kernel cannot ask Rucio for demo:photon_2021")
    assert "resolve_dids()" in error
