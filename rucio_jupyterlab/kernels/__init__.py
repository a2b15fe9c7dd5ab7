"""What runs inside a user's kernel: the objects of attached variables and how they get there.

Standard library only (IPython's own API in :mod:`rucio_jupyterlab.kernels.ipython`): a kernel is
the user's place, and nothing here may slow its start or ask for a package there.
"""
