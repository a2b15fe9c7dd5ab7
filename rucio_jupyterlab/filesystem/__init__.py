"""``rucio://scope:name`` for fsspec, and so for pandas, dask, pyarrow, uproot and xarray.

fsspec finds the class by the entry point ``fsspec.specs``; who has no fsspec never imports this.
"""

from rucio_jupyterlab.filesystem.rucio import RucioFileSystem

__all__ = ["RucioFileSystem"]
