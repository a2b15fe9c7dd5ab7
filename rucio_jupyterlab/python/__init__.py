"""The Python API: the lake in a notebook, a script or a batch job, without a Jupyter server."""
