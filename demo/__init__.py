"""The demonstration: a data lake, a JupyterLab that knows it, and a notebook to begin with."""
