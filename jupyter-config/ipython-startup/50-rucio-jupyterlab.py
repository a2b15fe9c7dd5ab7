# Gives every IPython of this environment %rucio, and notebooks that run without a browser their
# attached variables. It is run in the user's namespace, hence without a name of its own.
try:  # noqa: SIM105 - suppress would need a name
    __import__("rucio_jupyterlab.kernels.ipython", fromlist=["prepare"]).prepare(get_ipython())  # noqa: F821
except ImportError:
    pass
