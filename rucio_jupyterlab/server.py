"""The name under which existing installations enable the server extension.

Both names lead to the same ``RucioExtension``, which starts once however often it is enabled.
"""

from __future__ import annotations

from rucio_jupyterlab import _jupyter_server_extension_points

__all__ = ["_jupyter_server_extension_points"]
