"""The Rucio server as gunicorn serves it."""

from __future__ import annotations

from lake.endpoints import current_state
from lake.rucio_side.front import BelievesTheFront
from lake.rucio_side.sqlite import tune_sqlite

tune_sqlite()

from rucio.core import replica_sorter  # noqa: E402
from rucio.web.rest.flaskapi.v1.main import application as rucio  # noqa: E402

# Every site is on this machine, and there is no database of places. Without this Rucio looks for
# one, and reads its configuration again, for each replica that it lists: several times slower than
# a production server.
setattr(replica_sorter, "__get_distance", lambda *_args, **_kwargs: 0)

secret = current_state().tls.front_secret
application = BelievesTheFront(rucio, secret.read_text() if secret.exists() else None)
