"""A complete data lake on one machine: Rucio, its daemons, storage sites and a transfer service.

``python -m lake up`` needs any Python from 3.10 on and nothing else. Everything that imports Rucio
lives in `lake.rucio_side` and runs in a virtual environment of the lake's own, which `up` makes.
"""
