"""Alice looks around in Rucio as in folders."""

from __future__ import annotations

import asyncio
import logging
import secrets

import pytest
from lakedata import LakeData

from lake.testing import Lake
from rucio_jupyterlab.filesystem import RucioFileSystem
from rucio_jupyterlab.filesystem.failures import NotReadable

from .conftest import Near, asked

FILES = [f"dimuon_2021_{number:04}.root" for number in range(8)]


def test_scopes_dids_and_files_are_listed(fs: RucioFileSystem, lake: Lake) -> None:
    scopes = fs.ls("rucio://", detail=False)
    assert {f"{scope}:" for scope in lake.connection["scopes"]} <= set(scopes)
    dids = fs.ls("rucio://demo:", detail=False)
    assert {"demo:dimuon_2021", "demo:campaign2021", f"demo:{FILES[0]}"} <= set(dids)
    assert dids == sorted(dids)
    files = fs.ls("rucio://demo:dimuon_2021", detail=False)
    assert files == [f"demo:dimuon_2021/{name}" for name in FILES]
    assert fs.ls(f"rucio://demo:{FILES[0]}", detail=False) == [f"demo:{FILES[0]}"]
    assert fs.ls("empty_scope:") == fs.ls("demo:empty_dataset") == []


def test_a_file_and_a_collection_are_described(fs: RucioFileSystem) -> None:
    file = fs.info(f"rucio://demo:dimuon_2021/{FILES[0]}")
    assert file["name"] == f"demo:dimuon_2021/{FILES[0]}"
    assert (file["type"], file["did"]) == ("file", f"demo:{FILES[0]}")
    assert file["size"] > 100_000
    assert (len(file["adler32"]), len(file["md5"])) == (8, 32)
    assert file == next(iter(fs.ls("demo:dimuon_2021")))
    dataset = fs.info("rucio://demo:dimuon_2021")
    assert (dataset["type"], dataset["did_type"], dataset["length"]) == ("directory", "dataset", 8)
    assert fs.info("rucio://demo:campaign2021")["did_type"] == "container"
    assert fs.isfile(f"demo:{FILES[0]}")
    assert not fs.isdir(f"demo:{FILES[0]}")
    assert fs.isdir("demo:")
    assert fs.isdir("")
    assert fs.size(f"demo:{FILES[0]}") == file["size"]


def test_the_same_file_has_an_address_below_each_collection(fs: RucioFileSystem) -> None:
    containers = "demo:archive/all_campaigns/campaign2021"
    deep = fs.info(f"rucio://{containers}/dimuon_2021/{FILES[1]}")
    flat = fs.info(f"rucio://demo:{FILES[1]}")
    assert deep["did"] == flat["did"] == fs.info(f"demo:dimuon_golden/{FILES[1]}")["did"]
    assert fs.ukey(deep["name"]) == fs.ukey(flat["name"])
    assert fs.ukey(deep["name"]) != fs.ukey(f"demo:{FILES[2]}")


@pytest.mark.parametrize(
    "path",
    [
        "demo:there_is_none",
        "there_is_none:",
        "there_is_none:x",
        "demo:dimuon_2021/there_is_none",
        "demo:dimuon_golden/dimuon_2021_0007.root",
        "demo:dimuon_2021/dimuon_2021_0000.root/more",
        "demo:β",
        "demo:dimuon_2021/β",
    ],
)
def test_what_is_not_there_does_not_exist(fs: RucioFileSystem, path: str) -> None:
    assert not fs.exists(f"rucio://{path}")
    assert not fs.isdir(path)
    assert not fs.isfile(path)
    with pytest.raises(FileNotFoundError, match=r"Rucio"):
        fs.ls(path)


def test_every_difficult_name_is_reached_as_it_is_and_as_it_is_listed(
    fs: RucioFileSystem, lake: Lake
) -> None:
    for did in lake.examples["difficult"]:
        assert fs.info(f"rucio://{did}")["did"] == did
    listed = fs.ls(lake.examples["difficult_dataset"])
    assert len(listed) == len(set(lake.examples["difficult"]) - {*lake.examples["not_for_xrootd"]})
    for info in listed:
        fs.invalidate_cache()
        assert fs.info(info["name"]) == info
    in_scopes = [info for scope in ("demo:", "cms:") for info in fs.ls(scope)]
    difficult = [info for info in in_scopes if info["did"] in lake.examples["difficult"]]
    assert len(difficult) == len(lake.examples["difficult"]) - 1
    for info in difficult:
        assert fs.info(info["name"])["did"] == info["did"]


def test_names_with_slashes_are_datasets_and_files_in_them(fs: RucioFileSystem, lake: Lake) -> None:
    dataset = lake.examples["cms_dataset"]
    file = "/store/mc/Run2/DYJetsToLL_M-50/NANOAODSIM/v2/0001.root"
    assert fs.info(f"rucio://{dataset}")["type"] == "directory"
    assert fs.info(f"rucio://{dataset}/{file}")["did"] == f"cms:{file}"
    assert len(fs.find(f"rucio://{dataset}")) == 2


def test_the_whole_did_wins_over_a_file_in_a_dataset(
    fs: RucioFileSystem, data: LakeData, lake: Lake
) -> None:
    (file,) = data.files(1)
    name = file.partition(":")[2]
    dataset = data.collection("dataset", [file])
    assert fs.info(f"{dataset}/{name}")["did"] == file
    whole = data.named("dataset", "demo", f"{dataset.partition(':')[2]}/{name}")
    fs.invalidate_cache()
    assert fs.info(f"{dataset}/{name}")["did"] == whole
    # The listing of the dataset means the file still.
    (inside,) = fs.ls(dataset, detail=False)
    assert fs.info(inside)["did"] == file


def test_of_two_datasets_the_longer_one_is_meant(fs: RucioFileSystem, data: LakeData) -> None:
    first, second = data.files(2)
    short = data.collection("dataset", [first])
    long = data.named("dataset", "demo", f"{short.partition(':')[2]}/part")
    data.attach(long, [second])
    assert fs.info(f"{long}/{second.partition(':')[2]}")["did"] == second
    assert fs.info(f"{short}/{first.partition(':')[2]}")["did"] == first
    assert not fs.exists(f"{short}/{second.partition(':')[2]}")


def test_what_can_mean_two_things_is_not_guessed(fs: RucioFileSystem, lake: Lake) -> None:
    mark = secrets.token_hex(4)
    plain, escaped = lake.bulk(1, name=f"{mark}_1"), lake.bulk(1, name=f"{mark}%5F1")
    with pytest.raises(ValueError, match="can mean") as said:
        fs.info(f"rucio://{escaped}")
    assert plain in str(said.value)
    assert escaped in str(said.value)
    assert fs.info(f"rucio://{plain}")["did"] == plain
    assert fs.info(f"rucio://{escaped.replace('%', '%25')}")["did"] == escaped


def test_a_file_of_another_scope_is_written_with_it(fs: RucioFileSystem, data: LakeData) -> None:
    file = "cms:/store/mc/Run2/DYJetsToLL_M-50/NANOAODSIM/v2/0001.root"
    dataset = data.collection("dataset", [file])
    (listed,) = fs.ls(dataset, detail=False)
    assert listed == f"{dataset}/{file.replace('/', '%2F')}"
    fs.invalidate_cache()
    assert fs.info(listed)["did"] == fs.info(f"{dataset}/{file}")["did"] == file


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("demo:dimuon_202[12]", ["demo:dimuon_2021", "demo:dimuon_2022"]),
        ("demo:dimuon_2021/*_000[01].root", [f"demo:dimuon_2021/{name}" for name in FILES[:2]]),
        (
            "demo:dimuon_202?/*_0000.root",
            ["demo:dimuon_2021/dimuon_2021_0000.root", "demo:dimuon_2022/dimuon_2022_0000.root"],
        ),
        (
            "demo:campaign2021/d*/*_0000.root",
            [
                "demo:campaign2021/dielectron_2021/dielectron_2021_0000.root",
                "demo:campaign2021/dimuon_2021/dimuon_2021_0000.root",
            ],
        ),
        (
            "demo:archive/**/dimuon_2022_0001.root",
            ["demo:archive/all_campaigns/campaign2022/dimuon_2022/dimuon_2022_0001.root"],
        ),
        ("dem?", ["demo:"]),
        ("group.*:comb*", ["group.higgs:combination.v1.csv"]),
        ("demo:dimuon_2021", ["demo:dimuon_2021"]),
        ("demo:there_is_none*", []),
        ("demo:there_is_none", []),
        ("demo:dimuon_2021/there_is_none*", []),
    ],
)
def test_patterns_find(fs: RucioFileSystem, pattern: str, found: list[str]) -> None:
    assert fs.glob(f"rucio://{pattern}") == found


def test_patterns_find_names_with_slashes(fs: RucioFileSystem, lake: Lake) -> None:
    files = fs.glob("rucio://cms:/store/mc/*/*/NANOAODSIM/v2/*.root", detail=True)
    assert {info["did"] for info in files.values()} == set(lake.examples["difficult"][:2])
    inside = fs.glob("rucio://cms:/DYJets*/*/NANOAODSIM/*", detail=True)
    assert [info["did"] for info in inside.values()] == lake.examples["difficult"][:2]
    assert all(fs.exists(path) for path in (*files, *inside))


def test_a_container_is_walked(fs: RucioFileSystem) -> None:
    walked = list(fs.walk("rucio://demo:all_campaigns"))
    assert walked[0] == ("demo:all_campaigns", ["campaign2021", "campaign2022"], [])
    assert [path for path, folders, _ in walked if not folders] == [
        "demo:all_campaigns/campaign2021/dielectron_2021",
        "demo:all_campaigns/campaign2021/dimuon_2021",
        "demo:all_campaigns/campaign2021/photon_2021",
        "demo:all_campaigns/campaign2022/dimuon_2022",
    ]
    files = [name for _, _, files in walked for name in files]
    found = fs.find("rucio://demo:all_campaigns", detail=True)
    assert len(files) == len(found)
    assert sum(info["size"] for info in found.values()) == fs.du("demo:all_campaigns")


def test_one_file_of_a_large_dataset_costs_a_few_requests(
    fs: RucioFileSystem, lake: Lake, caplog: pytest.LogCaptureFixture
) -> None:
    name = f"large_{secrets.token_hex(4)}"
    dataset = lake.bulk(5_000, name=name)
    file = fs.ls(dataset, detail=False)[4_000]
    fs.invalidate_cache()
    with caplog.at_level(logging.INFO, "httpx"):
        info = fs.info(file)
        with pytest.raises(NotReadable):
            fs.open(file)
    requests = asked(caplog)
    assert info["type"] == "file"
    assert 0 < len(requests) < 10
    assert not any("/files" in line or f"{name}/dids" in line for line in requests)


def test_it_is_used_where_an_event_loop_runs_as_in_notebooks(fs: RucioFileSystem) -> None:
    async def cell() -> bool:
        return bool(fs.exists("demo:dimuon_2021"))

    assert asyncio.run(cell())


def test_an_address_without_a_scope_is_explained(fs: RucioFileSystem) -> None:
    with pytest.raises(ValueError, match="rucio://scope:name"):
        fs.info("rucio://demo")


def test_an_instance_that_is_not_configured_is_named() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        RucioFileSystem("nowhere").ls("")


def test_a_listing_is_never_old(fs: RucioFileSystem, data: LakeData, near: Near) -> None:
    dataset = data.collection("dataset", data.files(1), is_open=True)
    assert len(fs.ls(dataset)) == 1
    data.attach(dataset, [near.file(b"new")])
    assert len(fs.ls(dataset)) == 2
