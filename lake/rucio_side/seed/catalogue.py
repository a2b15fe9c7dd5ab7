"""Every DID of the sample data, as data.

Files say what is in them (`content`, a name that `formats` knows), and at which RSEs their bytes
are.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from lake.topology import DESTINATION

CNAF, DESY = "CNAF-DISK", "DESY-DISK"
Meta = dict[str, Any]


@dataclass(frozen=True)
class File:
    """A file DID. With `has_bytes` False it is registered, but its storage has nothing there."""

    scope: str
    name: str
    content: str = "table_csv"
    rses: tuple[str, ...] = (CNAF,)
    meta: Meta = field(default_factory=dict)
    has_bytes: bool = True

    @property
    def did(self) -> str:
        return f"{self.scope}:{self.name}"


@dataclass(frozen=True)
class Collection:
    """A dataset or container DID and its children's DIDs."""

    scope: str
    name: str
    type: Literal["DATASET", "CONTAINER"]
    children: tuple[str, ...] = ()
    meta: Meta = field(default_factory=dict)
    is_closed: bool = False

    @property
    def did(self) -> str:
        return f"{self.scope}:{self.name}"


# Events in a ROOT file of each kind.
EVENTS = {"dimuon": 20_000, "dimuon_small": 500, "dielectron": 10_000, "diphoton": 10_000}


def _campaign(
    name: str, content: str, rses: list[tuple[str, ...]], run: int, meta: Meta
) -> tuple[list[File], Collection]:
    """A dataset of ROOT files, one file for each entry of `rses`."""
    files = [
        File(
            "demo",
            f"{name}_{index:04}.root",
            content,
            sites,
            {**meta, "run_number": run + index, "events": EVENTS[content]},
        )
        for index, sites in enumerate(rses)
    ]
    dataset = Collection(
        "demo",
        name,
        "DATASET",
        tuple(f.did for f in files),
        {**meta, "run_number": run},
        is_closed=True,
    )
    return files, dataset


# The first three are columns of Rucio's own, the others its JSON metadata.
_NANOAOD = {
    "project": "demo",
    "datatype": "NTUPLE",
    "prod_step": "merge",
    "beam_energy_tev": 6.5,
    "generator": "toy",
    "is_blinded": False,
}
_dimuon_files, _dimuon = _campaign(
    "dimuon_2021",
    "dimuon",
    [(CNAF,), (CNAF,), (CNAF,), (CNAF,), (DESY,), (DESY,), (CNAF, DESY), (CNAF, DESY)],
    331_700,
    {**_NANOAOD, "stream_name": "physics_Muons", "campaign": "run2021"},
)
_dielectron_files, _dielectron = _campaign(
    "dielectron_2021",
    "dielectron",
    [(CNAF, DESTINATION)] * 4,
    331_800,
    {**_NANOAOD, "stream_name": "physics_Electrons", "campaign": "run2021"},
)
_photon_files, _photon = _campaign(
    "photon_2021",
    "diphoton",
    [(DESY, DESTINATION), (DESY,), (DESY,)],
    331_900,
    {**_NANOAOD, "stream_name": "physics_Photons", "campaign": "run2021"},
)
_dimuon22_files, _dimuon22 = _campaign(
    "dimuon_2022",
    "dimuon_small",
    [(DESY,)] * 2,
    420_100,
    {**_NANOAOD, "stream_name": "physics_Muons", "campaign": "run2022"},
)

_FORMATS = {
    "csv": File("demo", "exoplanet_transit.csv", "light_curve_csv", (CNAF,), {"datatype": "CSV"}),
    "parquet": File(
        "demo", "sensor_readings.parquet", "sensors_parquet", (CNAF,), {"datatype": "PARQUET"}
    ),
    "hdf5": File(
        "demo", "gravitational_wave_strain.h5", "strain_hdf5", (DESY,), {"datatype": "HDF5"}
    ),
    "fits": File("demo", "ngc_field.fits", "sky_fits", (DESY,), {"datatype": "FITS"}),
    "fits_table": File("demo", "star_catalogue.fits", "stars_fits", (DESY,), {"datatype": "FITS"}),
    "json": File(
        "demo", "run_conditions.json", "conditions_json", (CNAF, DESY), {"datatype": "JSON"}
    ),
}

_BROKEN = File("demo", "calib_broken_0001.root", "dimuon_small", (CNAF,), has_bytes=False)
_AT_DESTINATION = File("demo", "calibration_constants.csv", "table_csv", (CNAF, DESTINATION))
_ALICE = [
    File("user.alice", "my.first_ntuple.root", "dimuon_small", (DESY,), {"datatype": "NTUPLE"}),
    File("user.alice", "fit_results.csv", "table_csv", (DESY, DESTINATION)),
]

# Names that sites with a schema of their own permit and that break careless code. Rucio's generic
# schema refuses some of them to a client; the catalogue has no such limit, and they are written
# straight into it.
DIFFICULT_FILES = (
    File("cms", "/store/mc/Run2/DYJetsToLL_M-50/NANOAODSIM/v2/0001.root", "dimuon_small"),
    File("cms", "/store/mc/Run2/DYJetsToLL_M-50/NANOAODSIM/v2/0002.root", "dimuon_small"),
    File("demo", "calibration:v2.csv"),
    File("demo", "50%_sample.csv"),
    File("demo", "%2Fencoded%20name.csv"),
    File("demo", "run#7.csv"),
    File("demo", "a+b=c.csv"),
    File("demo", "fit results (final).csv"),
    File("demo", 'it\'s "quoted".csv'),
    File("demo", "données_été_β.csv"),
    File("demo", "long_" + "x" * 241 + ".csv"),
    File("group.higgs", "combination.v1.csv"),
)
# In a PFN of XRootD `?` begins, and `&` divides, what is not part of the path: there their
# transfers fail.
NOT_FOR_XROOTD = (File("demo", "what?.csv"), File("demo", "q&a.csv"))
# Its path, taken literally, leaves the storage: nothing may ever be read or written there.
ESCAPING = File("demo", "a/" + "../" * 24 + "outside.txt", rses=(DESTINATION,), has_bytes=False)

FILES: list[File] = [
    *_dimuon_files,
    *_dielectron_files,
    *_photon_files,
    *_dimuon22_files,
    *_FORMATS.values(),
    _BROKEN,
    _AT_DESTINATION,
    *_ALICE,
    *DIFFICULT_FILES,
    *NOT_FOR_XROOTD,
    ESCAPING,
]

COLLECTIONS: list[Collection] = [
    _dimuon,
    _dielectron,
    _photon,
    _dimuon22,
    Collection("demo", "dimuon_golden", "DATASET", tuple(f.did for f in _dimuon_files[:2])),
    Collection("demo", "file_formats", "DATASET", tuple(f.did for f in _FORMATS.values())),
    Collection("demo", "calib_broken", "DATASET", (_BROKEN.did,)),
    Collection("demo", "empty_dataset", "DATASET"),
    Collection("demo", "empty_container", "CONTAINER"),
    Collection("demo", "difficult_names", "DATASET", tuple(f.did for f in DIFFICULT_FILES)),
    Collection(
        "cms",
        "/DYJetsToLL_M-50/RunIISummer20UL18/NANOAODSIM",
        "DATASET",
        tuple(f.did for f in DIFFICULT_FILES[:2]),
    ),
    Collection("user.alice", "thesis_ntuples", "DATASET", tuple(f.did for f in _ALICE)),
    Collection("demo", "campaign2021", "CONTAINER", (_dimuon.did, _dielectron.did, _photon.did)),
    Collection("demo", "campaign2022", "CONTAINER", (_dimuon22.did,)),
    Collection("demo", "all_campaigns", "CONTAINER", ("demo:campaign2021", "demo:campaign2022")),
    Collection("demo", "archive", "CONTAINER", ("demo:all_campaigns",)),
]


def _browsable(
    scope: str, container: str, datasets: list[str], *, files: int, extension: str, meta: Meta
) -> None:
    """A container of datasets of small files, so that browsing a scope has something to show."""
    children = []
    for index, dataset in enumerate(datasets):
        members = [
            File(
                scope,
                f"{dataset}.{number:03}.{extension}",
                "table_csv" if extension == "csv" else "conditions_json",
                (CNAF,) if index % 2 else (DESY,),
                meta,
            )
            for number in range(files)
        ]
        FILES.extend(members)
        children.append(Collection(scope, dataset, "DATASET", tuple(f.did for f in members), meta))
    COLLECTIONS.extend(children)
    COLLECTIONS.append(
        Collection(scope, container, "CONTAINER", tuple(c.did for c in children), meta)
    )


_browsable(
    "atlas_opendata",
    "data_13TeV",
    [f"data16_13TeV.period{period}.physics_Main.2lep" for period in "ABCDEFGIKL"],
    files=4,
    extension="csv",
    meta={"project": "data16_13TeV", "datatype": "CSV"},
)
_browsable(
    "lofar",
    "LoTSS_DR3",
    [f"LoTSS_DR3_P{ra:03}+{dec}" for ra in range(150, 210, 10) for dec in (47, 52)],
    files=3,
    extension="csv",
    meta={"project": "LoTSS", "datatype": "CSV"},
)
_browsable(
    "ska",
    "SKA-Low_simulations_2024",
    [f"SKA-Low_sim_2024_{index:03}" for index in range(12)],
    files=3,
    extension="json",
    meta={"project": "SKA-Low", "datatype": "JSON"},
)
_browsable(
    "virgo",
    "V-V1_O3b",
    [f"V-V1_HrecOnline-{gps}-10000" for gps in range(1_256_650_000, 1_256_730_000, 10_000)],
    files=3,
    extension="csv",
    meta={"project": "O3b", "datatype": "CSV"},
)

# Metadata conventions: the values that keys may have here.
CONVENTIONS: dict[str, tuple[str, ...]] = {
    "datatype": ("CSV", "FITS", "HDF5", "JSON", "NTUPLE", "PARQUET"),
    "stream_name": ("physics_Electrons", "physics_Muons", "physics_Photons"),
    "campaign": ("run2021", "run2022"),
}

# What a test or the demo asks for by its meaning. DIDs, or lists of them.
EXAMPLES: dict[str, object] = {
    "dimuon_dataset": "demo:dimuon_2021",
    "dimuon_file": _dimuon_files[0].did,
    "available_dataset": "demo:dielectron_2021",
    "partial_dataset": "demo:photon_2021",
    "sharing_dataset": "demo:dimuon_golden",
    "small_dataset": "demo:dimuon_2022",
    "formats_dataset": "demo:file_formats",
    "container": "demo:campaign2021",
    "nested_container": "demo:archive",
    "empty": "demo:empty_dataset",
    "empty_container": "demo:empty_container",
    "empty_scope": "empty_scope",
    "broken": "demo:calib_broken",
    "broken_file": _BROKEN.did,
    "file_at_destination": _AT_DESTINATION.did,
    "escaping": ESCAPING.did,
    "alice_dataset": "user.alice:thesis_ntuples",
    "alice_file": _ALICE[0].did,
    "difficult": [f.did for f in (*DIFFICULT_FILES, *NOT_FOR_XROOTD)],
    "not_for_xrootd": [f.did for f in NOT_FOR_XROOTD],
    "difficult_dataset": "demo:difficult_names",
    "cms_dataset": "cms:/DYJetsToLL_M-50/RunIISummer20UL18/NANOAODSIM",
    **{key: file.did for key, file in _FORMATS.items()},
}
