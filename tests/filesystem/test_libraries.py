"""The libraries that scientists hand addresses to."""

from __future__ import annotations

import io
from collections.abc import Callable

import dask
import dask.bag
import dask.dataframe
import fsspec
import h5py
import numpy
import pandas
import pyarrow.csv
import pyarrow.dataset
import pyarrow.parquet
import pytest
import uproot
import xarray
from pyarrow.fs import FSSpecHandler, PyFileSystem

from rucio_jupyterlab.filesystem import RucioFileSystem

from .afar import is_heading
from .conftest import Near

LAKE = {"instance": "lake"}
TABLES = [pandas.DataFrame({"mass": [90.0, 91.0, 92.0]}) + number for number in range(3)]
SUM = 273.0
SUM_OF_ALL = 828.0


def csv(table: pandas.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


def parquet(table: pandas.DataFrame) -> bytes:
    written = io.BytesIO()
    table.to_parquet(written)
    return written.getvalue()


def hdf5(table: pandas.DataFrame) -> bytes:
    written = io.BytesIO()
    with h5py.File(written, "w") as file:
        file["mass"] = table.mass
    return written.getvalue()


def netcdf(table: pandas.DataFrame) -> bytes:
    return bytes(table.rename_axis("event").to_xarray().to_netcdf(engine="h5netcdf"))


def root(table: pandas.DataFrame) -> bytes:
    written = io.BytesIO()
    file = uproot.recreate(written)
    file.mktree("events", {"mass": "float64"}).extend({"mass": table.mass.to_numpy()})
    content = written.getvalue()
    file.close()
    return content


KINDS: dict[str, Callable[[pandas.DataFrame], bytes]] = {
    ".csv": csv,
    ".parquet": parquet,
    ".h5": hdf5,
    ".nc": netcdf,
    ".root": root,
}


@pytest.fixture(scope="module")
def datasets(near: Near) -> dict[str, str]:
    """One of three files for each kind, as addresses."""
    return {
        kind: f"rucio://{near.dataset(*map(write, TABLES), end=kind)}"
        for kind, write in KINDS.items()
    }


@pytest.fixture(scope="module")
def files(near: Near) -> dict[str, str]:
    return {kind: f"rucio://{near.file(write(TABLES[0]), kind)}" for kind, write in KINDS.items()}


def test_pandas_reads_a_file(files: dict[str, str]) -> None:
    assert pandas.read_csv(files[".csv"]).mass.sum() == SUM
    assert pandas.read_csv(files[".csv"], storage_options=LAKE).mass.sum() == SUM
    assert pandas.read_parquet(files[".parquet"], storage_options=LAKE).mass.sum() == SUM


def test_pandas_reads_a_dataset_of_parquet_files(datasets: dict[str, str]) -> None:
    assert pandas.read_parquet(datasets[".parquet"]).mass.sum() == SUM_OF_ALL


def test_dask_reads_a_dataset(datasets: dict[str, str]) -> None:
    by_kind = {".csv": dask.dataframe.read_csv, ".parquet": dask.dataframe.read_parquet}
    for kind, read in by_kind.items():
        table = read(f"{datasets[kind]}/*{kind}", storage_options=LAKE)
        assert table.npartitions == len(TABLES)
        assert table.mass.sum().compute() == SUM_OF_ALL


def test_dask_reads_in_other_processes(datasets: dict[str, str]) -> None:
    lines = dask.bag.read_text(f"{datasets['.csv']}/*", storage_options=LAKE)
    with dask.config.set(scheduler="processes", num_workers=1):
        assert lines.filter(is_heading).count().compute() == len(TABLES)


def test_pyarrow_reads_files_and_datasets(
    fs: RucioFileSystem, files: dict[str, str], datasets: dict[str, str]
) -> None:
    path = datasets[".parquet"].removeprefix("rucio://")
    table = pyarrow.dataset.dataset(path, filesystem=fs, format="parquet").to_table()
    assert pyarrow.compute.sum(table["mass"]).as_py() == SUM_OF_ALL
    one = pyarrow.parquet.read_table(files[".parquet"].removeprefix("rucio://"), filesystem=fs)
    assert pyarrow.compute.sum(one["mass"]).as_py() == SUM
    arrow = PyFileSystem(FSSpecHandler(fs))
    with arrow.open_input_stream(files[".csv"].removeprefix("rucio://")) as stream:
        assert pyarrow.compute.sum(pyarrow.csv.read_csv(stream)["mass"]).as_py() == SUM


def test_uproot_reads_a_file(files: dict[str, str]) -> None:
    address = files[".root"]
    with uproot.open(address) as file:
        assert file["events/mass"].array().to_numpy().sum() == SUM
    with uproot.open({address: "events"}, instance="lake") as events:
        assert events["mass"].array().to_numpy().sum() == SUM
    with uproot.open(f"{address}:events") as events:
        assert events["mass"].array().to_numpy().sum() == SUM


def test_uproot_reads_a_dataset(datasets: dict[str, str]) -> None:
    found = [f"rucio://{path}" for path in fsspec.filesystem("rucio").ls(datasets[".root"], False)]
    whole = uproot.concatenate({path: "events" for path in found}, library="np")
    assert whole["mass"].sum() == SUM_OF_ALL
    parts = uproot.iterate({path: "events" for path in found}, library="np")
    assert sum(part["mass"].sum() for part in parts) == SUM_OF_ALL
    lazy = uproot.dask({path: "events" for path in found}, library="np")
    assert lazy["mass"].sum().compute() == SUM_OF_ALL


def test_xarray_reads_a_file(files: dict[str, str]) -> None:
    with fsspec.open(files[".nc"]) as file, xarray.open_dataset(file, engine="h5netcdf") as found:
        assert float(found.mass.sum()) == SUM
    with xarray.open_dataset(
        files[".nc"], engine="h5netcdf", storage_options=LAKE, chunks={}
    ) as found:
        assert float(found.mass.sum().compute()) == SUM


def test_xarray_reads_a_dataset(datasets: dict[str, str]) -> None:
    opened = [file.open() for file in fsspec.open_files(f"{datasets['.nc']}/*")]
    with xarray.open_mfdataset(
        opened, engine="h5netcdf", combine="nested", concat_dim="event"
    ) as found:
        assert float(found.mass.sum().compute()) == SUM_OF_ALL


def test_h5py_and_numpy_read_open_files(fs: RucioFileSystem, files: dict[str, str]) -> None:
    with fs.open(files[".h5"]) as opened, h5py.File(opened) as file:
        assert float(file["mass"][:].sum()) == SUM
    with fs.open(files[".csv"]) as opened:
        assert numpy.loadtxt(opened, skiprows=1).sum() == SUM
