"""Parts of files that are at a storage."""

from __future__ import annotations

from fsspec.spec import AbstractBufferedFile


class RucioFile(AbstractBufferedFile):  # type: ignore[misc] # fsspec has no types
    """A file at a storage, read in blocks. It is pickled by its address."""

    def _fetch_range(self, start: int, end: int) -> bytes:
        content: bytes = self.fs.cat_file(self.path, start, end)
        return content


def require_length(content: bytes, start: int | None, end: int | None, size: int | None) -> None:
    """A server that cannot give parts of files gives all of them.

    Raises:
        OSError: this is not the part that was asked for.
    """
    if size is None:
        return
    begin, stop, _ = slice(start, end).indices(size)
    if len(content) != max(0, stop - begin):
        raise OSError(
            f"The storage gave {len(content)} bytes where {max(0, stop - begin)} were asked for."
        )
