"""Writes one sample file of each kind. The same random numbers always give the same content.

(And the same bytes, except in ROOT files, which carry a time and an identifier of their own.)
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pandas
import uproot
from astropy.io import fits
from astropy.table import Table

from lake.rucio_side.seed.catalogue import EVENTS
from lake.rucio_side.seed.physics import (
    HIGGS_TO_PHOTONS,
    Z_TO_ELECTRONS,
    Z_TO_MUONS,
    Resonance,
    pairs,
)

Writer = Callable[[Path, np.random.Generator], None]


def _root(resonance: Resonance, events: int) -> Writer:
    """A ROOT file with a tree ``events`` of particle pairs."""

    def write(path: Path, random: np.random.Generator) -> None:
        branches = pairs(resonance, events, random)
        with uproot.recreate(path, compression=uproot.ZLIB(1)) as file:
            tree = file.mktree("events", {name: array.dtype for name, array in branches.items()})
            tree.extend(branches)

    return write


def _table_csv(path: Path, random: np.random.Generator) -> None:
    rows = 40
    pandas.DataFrame(
        {
            "channel": np.arange(rows),
            "gain": random.normal(1.0, 0.02, rows).round(5),
            "pedestal": random.normal(50.0, 3.0, rows).round(3),
            "is_masked": random.random(rows) < 0.05,
        }
    ).to_csv(path, index=False)


def _light_curve_csv(path: Path, random: np.random.Generator) -> None:
    """The brightness of a star, with a planet that passes every 3.5 days."""
    time_days = np.arange(0, 21, 0.02)
    phase = (time_days - 1.7 + 1.75) % 3.5 - 1.75
    dip = np.where(np.abs(phase) < 0.08, 0.011, 0.0)
    flux = 1.0 - dip + random.normal(0, 0.0009, time_days.size)
    pandas.DataFrame({"time_days": time_days.round(4), "flux": flux.round(6)}).to_csv(
        path, index=False
    )


def _sensors_parquet(path: Path, random: np.random.Generator) -> None:
    start = np.datetime64("2021-06-01T00:00:00", "s")
    minutes = 5_000
    pandas.DataFrame(
        {
            "time": start + np.arange(minutes) * np.timedelta64(60, "s"),
            "sensor": random.choice(["cryostat", "hall", "rack-07"], minutes),
            "temperature_c": (21 + random.normal(0, 0.1, minutes).cumsum() * 0.05).astype(
                "float32"
            ),
            "humidity_percent": random.uniform(35, 55, minutes).astype("float32"),
        }
    ).to_parquet(path, engine="pyarrow")


def _strain_hdf5(path: Path, random: np.random.Generator) -> None:
    """One second of strain with a chirp in it."""
    rate_hz = 4096
    time_s = np.arange(rate_hz) / rate_hz
    chirp = np.sin(2 * np.pi * (30 * time_s + 90 * time_s**3)) * np.exp(
        -(((time_s - 0.8) / 0.15) ** 2)
    )
    with h5py.File(path, "w", track_order=True) as file:
        strain = file.create_dataset(
            "strain/Strain",
            data=1e-21 * (chirp + random.normal(0, 0.3, rate_hz)),
            track_times=False,
        )
        strain.attrs["sample_rate_hz"] = rate_hz
        file.attrs["detector"] = "V1"


def _sky_fits(path: Path, random: np.random.Generator) -> None:
    """A 256 x 256 image with stars on a noisy sky."""
    size = 256
    rows, columns = np.mgrid[0:size, 0:size]
    image = random.normal(100.0, 5.0, (size, size))
    for _ in range(60):
        row, column = random.uniform(0, size, 2)
        brightness = random.pareto(1.6) * 300
        image += brightness * np.exp(-((rows - row) ** 2 + (columns - column) ** 2) / (2 * 1.8**2))
    header = fits.Header([("OBJECT", "NGC field"), ("EXPTIME", 120.0), ("FILTER", "r")])
    fits.PrimaryHDU(image.astype("float32"), header).writeto(path, overwrite=True)


def _stars_fits(path: Path, random: np.random.Generator) -> None:
    stars = 1_000
    Table(
        {
            "ra_deg": random.uniform(0, 360, stars),
            "dec_deg": np.degrees(np.arcsin(random.uniform(-1, 1, stars))),
            "magnitude": random.normal(17, 2, stars).astype("float32"),
        }
    ).write(path, format="fits", overwrite=True)


def _conditions_json(path: Path, random: np.random.Generator) -> None:
    conditions = {
        "run": int(random.integers(330_000, 340_000)),
        "magnet_current_a": round(float(random.normal(18_160, 4)), 2),
        "good_lumi_blocks": [int(block) for block in np.flatnonzero(random.random(60) < 0.9)],
    }
    path.write_text(json.dumps(conditions, indent=1) + "\n")


WRITERS: dict[str, Writer] = {
    "dimuon": _root(Z_TO_MUONS, EVENTS["dimuon"]),
    "dimuon_small": _root(Z_TO_MUONS, EVENTS["dimuon_small"]),
    "dielectron": _root(Z_TO_ELECTRONS, EVENTS["dielectron"]),
    "diphoton": _root(HIGGS_TO_PHOTONS, EVENTS["diphoton"]),
    "table_csv": _table_csv,
    "light_curve_csv": _light_curve_csv,
    "sensors_parquet": _sensors_parquet,
    "strain_hdf5": _strain_hdf5,
    "sky_fits": _sky_fits,
    "stars_fits": _stars_fits,
    "conditions_json": _conditions_json,
}
