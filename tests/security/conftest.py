"""The server of tests/server with the lake before it; what is special here are the secrets."""

from __future__ import annotations

from server.conftest import *  # noqa: F403
