"""Alice reads files, from wherever they are nearest."""

from __future__ import annotations

import io
import logging
import multiprocessing
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import fsspec
import pytest
from fsspec.compression import compr
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab import DIDNotAvailableException
from rucio_jupyterlab.client.did import Did
from rucio_jupyterlab.filesystem import RucioFileSystem
from rucio_jupyterlab.filesystem.failures import NotReadable
from rucio_jupyterlab.kernels import notebook
from rucio_jupyterlab.python.runtime import runtime

from .afar import again, part
from .conftest import Near, asked, in_home, sign_in

CONTENT = bytes(range(256)) * 40


@pytest.fixture(scope="module")
def file(near: Near) -> str:
    return f"rucio://{near.file(CONTENT)}"


def test_a_file_that_is_mounted_is_read_there(fs: RucioFileSystem, file: str, lake: Lake) -> None:
    with fsspec.open(file) as opened:
        assert opened.read() == CONTENT
    with fs.open(file) as opened:
        assert opened.name.startswith(lake.rses["EULAKE-1"]["mount_path"])
        opened.seek(-3, os.SEEK_END)
        assert (opened.size, opened.read()) == (len(CONTENT), CONTENT[-3:])
    assert fs.cat(file) == CONTENT
    assert fs.head(file, 4) == CONTENT[:4]


def test_parts_of_files_are_read(fs: RucioFileSystem, file: str, near: Near) -> None:
    other = near.file(b"something else")
    assert fs.cat_file(file, 10, 20) == CONTENT[10:20]
    assert fs.cat_file(file, -10, -5) == CONTENT[-10:-5]
    assert fs.cat_file(file, 10_000) == CONTENT[10_000:]
    read = fs.cat_ranges([file, other, file, "demo:there_is_none"], [0, 5, -4, 0], [4, 9, None, 1])
    assert read[:3] == [CONTENT[:4], b"hing", CONTENT[-4:]]
    assert isinstance(read[3], FileNotFoundError)
    with pytest.raises(FileNotFoundError):
        fs.cat_ranges(["demo:there_is_none"], 0, 1, on_error="raise")


@pytest.mark.parametrize("how", ["one after the other", "together", "in threads"])
def test_many_files_are_looked_up_together(
    fs: RucioFileSystem, data: LakeData, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """A question for each would take longer than reading them."""
    dataset = data.collection("dataset", data.files(120, rse="EULAKE-1"))
    paths = fs.glob(f"{dataset}/*")
    with caplog.at_level(logging.INFO, "httpx"):
        if how == "together":
            read = fs.cat_ranges(paths, 0, 10)
        elif how == "in threads":
            with ThreadPoolExecutor(4) as pool:
                read = list(pool.map(lambda path: fs.cat_file(path, 0, 10), paths))
        else:
            read = [fs.cat_file(path, 0, 10) for path in paths]
    assert [len(content) for content in read] == [10] * 120
    assert len(asked(caplog)) < 12


def test_of_what_was_listed_one_file_is_looked_up_alone(
    fs: RucioFileSystem, data: LakeData, caplog: pytest.LogCaptureFixture
) -> None:
    dataset = data.collection("dataset", data.files(20, rse="EULAKE-1"))
    paths = fs.glob(f"{dataset}/*")
    fs.cat_file(paths[7])
    assert [fs._finder.is_known(path) for path in paths] == [path == paths[7] for path in paths]


def test_text_and_compressed_files_are_read(near: Near) -> None:
    packed = io.BytesIO()
    with compr["gzip"](packed, mode="wb") as writing:
        writing.write("zwölf\n".encode())
    did = near.file(packed.getvalue(), ".csv.gz")
    with fsspec.open(f"rucio://{did}", "rt", encoding="utf-8", compression="infer") as opened:
        assert opened.read() == "zwölf\n"


def test_a_whole_dataset_is_opened(near: Near) -> None:
    dataset = near.dataset(b"one", b"two", b"six")
    opened = fsspec.open_files(f"rucio://{dataset}/*")
    assert sorted(_read(file) for file in opened) == [b"one", b"six", b"two"]


def test_files_are_copied_to_the_disk(fs: RucioFileSystem, near: Near, tmp_path: Path) -> None:
    dataset = near.dataset(b"one", b"two")
    fs.get(dataset, str(tmp_path / "here"), recursive=True)
    assert sorted(file.read_bytes() for file in (tmp_path / "here").iterdir()) == [b"one", b"two"]
    assert sorted(fs.cat(f"{dataset}/*").values()) == [b"one", b"two"]


@pytest.mark.parametrize("kind", ["filecache", "simplecache", "blockcache"])
def test_a_cache_keeps_what_was_read(file: str, kind: str, tmp_path: Path) -> None:
    options = {kind: {"cache_storage": str(tmp_path)}, "rucio": {"instance": "lake"}}
    for _ in range(2):
        with fsspec.open(f"{kind}::{file}", **options) as opened:
            assert opened.read() == CONTENT
    assert [kept.stat().st_size for kept in tmp_path.iterdir() if kept.name != "cache"] == [
        len(CONTENT)
    ]


def test_a_download_is_read_where_nothing_is_mounted(
    fs: RucioFileSystem, data: LakeData, home: Path
) -> None:
    far = RucioFileSystem("far", skip_instance_cache=True)
    did = data.holding(b"downloaded")
    with pytest.raises(NotReadable):
        far.open(did)
    copy = _download(did)
    with far.open(did) as opened:
        assert opened.read() == b"downloaded"
        assert (opened.name, copy.is_relative_to(home)) == (str(copy), True)
    # The instance with the mount has no downloads.
    with pytest.raises(NotReadable):
        fs.open(did)
    # Somebody has cut it.
    copy.write_bytes(b"down")
    far.invalidate_cache()
    with pytest.raises(NotReadable):
        far.open(did)


def test_a_file_that_is_elsewhere_says_where_and_what_to_call(
    fs: RucioFileSystem, data: LakeData
) -> None:
    (did,) = data.files(1)
    with pytest.raises(DIDNotAvailableException) as said:
        fs.open(did)
    for error in (said.value, again(said.value)):
        assert isinstance(error, NotReadable)
        assert isinstance(error, OSError)
        assert error.did == did
        assert str(error).startswith(f"{did} is at CNAF-DISK")
        assert f'rucio_jupyterlab.did("{did}").make_available(wait=True)' in str(error)


def test_a_file_that_is_missing_at_the_mount_says_so(fs: RucioFileSystem, data: LakeData) -> None:
    (did,) = data.files(1, rse="EULAKE-1", with_bytes=False)
    with pytest.raises(NotReadable, match="does not exist here"):
        fs.open(did)


def test_a_name_that_leads_out_of_the_mount_is_not_followed(
    fs: RucioFileSystem, lake: Lake
) -> None:
    with pytest.raises(NotReadable, match="cannot be told from its address"):
        fs.open(lake.examples["escaping"])


def test_a_file_that_has_moved_is_found_again(
    fs: RucioFileSystem, near: Near, lake: Lake, tmp_path: Path
) -> None:
    """As when a rule ends while a notebook runs."""
    did = near.file(b"here")
    assert fs.cat_file(did) == b"here"
    mounted = Path(fs.open(did).name)
    mounted.rename(tmp_path / "gone")
    with pytest.raises(NotReadable, match="does not exist here"):
        fs.cat_file(did)
    (tmp_path / "gone").rename(mounted)
    assert fs.cat_file(did) == b"here"


def test_a_dataset_cannot_be_opened_as_a_file(fs: RucioFileSystem) -> None:
    with pytest.raises(IsADirectoryError, match="demo:dimuon_2021"):
        fs.open("rucio://demo:dimuon_2021")


WRITING: dict[str, Callable[[RucioFileSystem], Any]] = {
    "open": lambda fs: fs.open("demo:new.txt", "w"),
    "append": lambda fs: fs.open("demo:new.txt", "ab"),
    "pipe": lambda fs: fs.pipe("demo:new.txt", b"x"),
    "put": lambda fs: fs.put(__file__, "demo:new.txt"),
    "mkdir": lambda fs: fs.mkdir("demo:new"),
    "makedirs": lambda fs: fs.makedirs("demo:new"),
    "rm": lambda fs: fs.rm("demo:dimuon_2021"),
    "mv": lambda fs: fs.mv("demo:dimuon_2021", "demo:new"),
    "copy": lambda fs: fs.copy("demo:dimuon_2021", "demo:new"),
    "touch": lambda fs: fs.touch("demo:new.txt"),
    "rmdir": lambda fs: fs.rmdir("demo:dimuon_2021"),
}


@pytest.mark.parametrize("how", WRITING)
def test_nothing_is_written_and_the_error_says_how_to_upload(fs: RucioFileSystem, how: str) -> None:
    with pytest.raises(io.UnsupportedOperation, match=r"rucio_jupyterlab\.upload"):
        WRITING[how](fs)


def test_it_is_pickled_by_the_name_of_its_instance(fs: RucioFileSystem, file: str) -> None:
    far = RucioFileSystem("far")
    assert (again(far).instance, again(far)) == ("far", far)
    assert _read(again(fsspec.open(file))) == CONTENT
    with fs.open(file) as opened:
        assert again(opened).read() == CONTENT


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_another_process_reads_by_itself(fs: RucioFileSystem, file: str, method: str) -> None:
    assert fs.cat_file(file, 0, 4) == CONTENT[:4]
    with multiprocessing.get_context(method).Pool(1) as pool:
        parts = pool.starmap(part, [(fs, file, start) for start in range(0, 40, 4)])
    assert b"".join(parts) == CONTENT[:40]
    assert fs.cat_file(file, 0, 4) == CONTENT[:4]


def test_threads_read_at_the_same_time(fs: RucioFileSystem, near: Near) -> None:
    contents = [bytes([number]) * 1000 for number in range(8)]
    dids = [near.file(content) for content in contents]
    found: dict[int, bytes] = {}
    threads = [
        threading.Thread(target=lambda n=n: found.update({n: fs.cat_file(dids[n])}))
        for n in range(len(dids))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [found[number] for number in range(len(dids))] == contents


def test_an_instance_of_fsspec_is_used_again() -> None:
    assert fsspec.filesystem("rucio", instance="lake") is fsspec.filesystem(
        "rucio", instance="lake"
    )
    assert fsspec.filesystem("rucio", instance="far") is not fsspec.filesystem("rucio")


def test_a_notebook_that_says_its_instance_later_is_heard(
    data: LakeData, monkeypatch: pytest.MonkeyPatch
) -> None:
    fs = RucioFileSystem(skip_instance_cache=True)
    did = data.holding(b"here", rse="EULAKE-1")
    assert fs.cat_file(did) == b"here"
    monkeypatch.setattr(notebook, "_instances", {"far"})
    with pytest.raises(NotReadable):
        fs.cat_file(did)


def test_who_is_not_signed_in_is_told(lake_instance: dict[str, Any], tmp_path: Path) -> None:
    with in_home(tmp_path, lake_instance):
        fs = RucioFileSystem()
        with pytest.raises(PermissionError):
            fs.exists("demo:dimuon_2021")
        with pytest.raises(PermissionError):
            fs.find("demo:dimuon_2021")
    # The others' Python starts anew as well.
    assert runtime().instance().name == "lake"


def test_that_rucio_is_down_is_no_empty_folder(
    lake: Lake, lake_instance: dict[str, Any], tmp_path: Path
) -> None:
    with in_home(tmp_path, lake_instance):
        sign_in("lake", "userpass", lake.accounts["alice"])
    nobody = {**lake_instance, "rucio_base_url": "http://127.0.0.1:9"}
    with in_home(tmp_path, {**nobody, "rucio_auth_url": "http://127.0.0.1:9"}):
        fs = RucioFileSystem()
        for ask in (fs.exists, fs.find, fs.glob, fs.isdir, lambda path: list(fs.walk(path))):
            with pytest.raises(OSError, match="No connection"):
                ask("demo:dimuon_2021")


def _read(file: Any) -> bytes:
    with file as opened:
        content: bytes = opened.read()
        return content


def _download(text: str) -> Path:
    """The path, once it is there."""
    running, did = runtime(), Did.parse(text)
    far = running.instance("far")
    running.run(running.services.availability.make_available(far, did, None, None))
    while True:
        found = running.run(running.services.copies.find(far, [did])).files.get(did)
        if found is not None:
            return Path(found[0])
        time.sleep(0.1)
