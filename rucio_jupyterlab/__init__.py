"""The Rucio JupyterLab extension: find data in a data lake, make it available, use it in notebooks."""
