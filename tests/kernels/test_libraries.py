"""The libraries that scientists hand attached variables to."""

from __future__ import annotations

from pathlib import Path

import h5py
import numpy
import pandas
import pytest
import uproot
from astropy.io import fits

from .conftest import Kernel, collection, file


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    tmp_path = tmp_path_factory.mktemp("data")
    masses = numpy.array([90.0, 91.0, 92.0])
    for number in range(2):
        with uproot.recreate(tmp_path / f"{number}.root") as written:
            written.mktree("events", {"mass": "float64"}).extend({"mass": masses + number})
    pandas.DataFrame({"mass": masses}).to_csv(tmp_path / "m.csv", index=False)
    pandas.DataFrame({"mass": masses}).to_parquet(tmp_path / "m.parquet")
    with h5py.File(tmp_path / "m.h5", "w") as written:
        written["mass"] = masses
    fits.PrimaryHDU(masses).writeto(tmp_path / "m.fits")
    return tmp_path


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("0.root", "import uproot\nfloat(sum(uproot.open(x)['events/mass'].array()))"),
        ("0.root", "import uproot\nfloat(sum(uproot.open(f'{x}:events')['mass'].array()))"),
        ("m.csv", "import pandas\nfloat(pandas.read_csv(x).mass.sum())"),
        ("m.parquet", "import pandas\nfloat(pandas.read_parquet(x).mass.sum())"),
        ("m.csv", "import os\nfloat(sum(map(float, open(os.fspath(x)).read().split()[1:])))"),
        (
            "m.csv",
            "from pathlib import Path\nfloat(sum(map(float, Path(x).read_text().split()[1:])))",
        ),
        (
            "m.csv",
            "import pandas, pathlib\nfloat(pandas.read_csv(pathlib.Path('/') / x).mass.sum())",
        ),
        (
            "m.csv",
            "import pandas, shutil\nfloat(pandas.read_csv(shutil.copy(x, 'copy.csv')).mass.sum())",
        ),
        ("m.csv", "import numpy\nfloat(numpy.loadtxt(x, skiprows=1).sum())"),
        ("m.h5", "import h5py\nfloat(h5py.File(x)['mass'][:].sum())"),
        ("m.fits", "import astropy.io.fits as fits\nfloat(fits.open(x)[0].data.sum())"),
    ],
)
def test_a_file_is_read_by(shared_kernel: Kernel, data: Path, name: str, code: str) -> None:
    shared_kernel.inject(shared_kernel.connect(), file("x", data / name))
    outcome = shared_kernel.run(code)
    assert (outcome.error, outcome.result) == (None, "273.0")


@pytest.mark.parametrize(
    "code",
    [
        "float(sum(uproot.concatenate(xs, library='np')['mass']))",
        "float(sum(uproot.concatenate([f'{f}:events' for f in xs], library='np')['mass']))",
        "float(sum(sum(part['mass']) for part in uproot.iterate({f: 'events' for f in xs})))",
        "float(sum(sum(uproot.open(f)['events/mass'].array()) for f in xs))",
    ],
)
def test_a_collection_is_read_by_uproot(shared_kernel: Kernel, data: Path, code: str) -> None:
    kernel = shared_kernel
    files = [{"path": str(data / f"{n}.root"), "did": f"demo:{n}.root"} for n in range(2)]
    kernel.inject(kernel.connect(), collection("xs", files=files))
    outcome = kernel.run(f"import uproot\n{code}")
    assert (outcome.error, outcome.result) == (None, "549.0")
