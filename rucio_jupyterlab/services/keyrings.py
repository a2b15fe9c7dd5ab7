"""The system's keyring, through the package ``keyring``, where there is one that can be used.

A keyring may ask its user something, may wait for a daemon that is not there, may be none at all.
So each call runs aside with a time limit; one that has hung is not asked again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from rucio_jupyterlab.aside import aside

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

log = logging.getLogger(__name__)

SERVICE = "rucio-jupyterlab"

# A desktop's keyring may show a window in which its owner unlocks it; a server's has nobody there.
CALL_LIMIT_S = 5.0

# These keep nothing, or ask for a password at the terminal that the server was started from.
_UNUSABLE_MODULES = ("keyring.backends.fail", "keyring.backends.null", "keyrings.cryptfile")
_UNUSABLE = ("keyrings.alt.file.EncryptedKeyring", "keyrings.alt.Gnome.EncryptedKeyring")

Result = TypeVar("Result")


class KeyringFails(Exception):
    """There is no keyring that can be used, or it does not do what is asked. Says no secret."""


class SystemKeyring:
    """Secrets by name. ``find_backend`` blocks; it gives None where there is no keyring."""

    def __init__(
        self,
        find_backend: Callable[[], KeyringBackend | None] | None = None,
        call_limit_s: float = CALL_LIMIT_S,
    ) -> None:
        self._find_backend = find_backend or usable_backend
        self._call_limit_s = call_limit_s
        self._backend: KeyringBackend | None = None
        self._is_given_up = False

    async def save(self, name: str, secret: str) -> None:
        """
        Raises:
            KeyringFails: it is not kept.
        """
        await self._call(lambda backend: backend.set_password(SERVICE, name, secret))

    async def load(self, name: str) -> str | None:
        """None where there is none of that name.

        Raises:
            KeyringFails: it cannot be had.
        """
        return await self._call(lambda backend: backend.get_password(SERVICE, name))

    async def delete(self, name: str) -> None:
        """
        Raises:
            KeyringFails: it may still be there.
        """

        def delete(backend: KeyringBackend) -> None:
            # What backends raise for an unknown name differs from one to the other.
            if backend.get_password(SERVICE, name) is not None:
                backend.delete_password(SERVICE, name)

        await self._call(delete)

    async def _call(self, work: Callable[[KeyringBackend], Result]) -> Result:
        if self._is_given_up:
            raise KeyringFails("There is no keyring that can be used.")
        _, answer = aside(lambda: self._with_backend(work), name="rucio-keyring")
        try:
            return await asyncio.wait_for(answer, self._call_limit_s)
        except asyncio.TimeoutError:
            self._is_given_up = True
            log.warning("Rucio: the system's keyring does not answer and is not used any more")
            raise KeyringFails("The keyring does not answer.") from None

    def _with_backend(self, work: Callable[[KeyringBackend], Result]) -> Result:
        try:
            if self._backend is None:
                self._backend = self._find_backend()
        except Exception as error:  # noqa: BLE001 - backends raise what they like
            self._is_given_up = True
            raise KeyringFails(f"No keyring: {type(error).__name__}.") from None
        if self._backend is None:
            self._is_given_up = True
            raise KeyringFails("There is no keyring that can be used.")
        try:
            return work(self._backend)
        except Exception as error:  # noqa: BLE001 - and their words may hold what they were given
            raise KeyringFails(f"The keyring failed: {type(error).__name__}.") from None


def usable_backend() -> KeyringBackend | None:
    """The system's preferred keyring that works without a terminal. Blocks."""
    try:
        import keyring  # noqa: PLC0415 - an optional extra, and slow to import
    except ImportError:
        return None
    chosen = keyring.get_keyring()
    # The chainer asks several, the best first.
    candidates = getattr(chosen, "backends", None)
    for backend in [chosen] if candidates is None else candidates:
        if _is_usable(backend):
            return backend
    return None


def _is_usable(backend: object) -> bool:
    kind = type(backend)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return not name.startswith((*_UNUSABLE_MODULES, *_UNUSABLE))
