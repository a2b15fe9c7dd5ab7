"""The file system: fsspec's interface to Rucio's tree, and to where its files are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from typing import Any, NoReturn

from fsspec.implementations.local import LocalFileSystem
from fsspec.spec import AbstractFileSystem

from rucio_jupyterlab.config.instance import Instance
from rucio_jupyterlab.filesystem import address, failures
from rucio_jupyterlab.filesystem.blocks import RucioFile, require_length
from rucio_jupyterlab.filesystem.finding import Finder
from rucio_jupyterlab.filesystem.listings import Listings
from rucio_jupyterlab.filesystem.memory import Own
from rucio_jupyterlab.filesystem.patterns import Pattern
from rucio_jupyterlab.filesystem.places import Place
from rucio_jupyterlab.filesystem.tree import Info, Tree
from rucio_jupyterlab.kernels import notebook
from rucio_jupyterlab.python.runtime import Runtime, runtime

OnError = Callable[[OSError], None]


class RucioFileSystem(AbstractFileSystem):  # type: ignore[misc] # fsspec has no types
    """Reads what Rucio knows: ``rucio://scope:name``, and ``rucio://scope:dataset/file``.

    Args:
        instance: the name of the Rucio instance. None: that of the notebook, or the configuration's
            default.
        options: fsspec's own.

    It is pickled by the name of its instance; who unpickles it reads the configuration and the
    credentials of the machine where that happens.
    """

    protocol = address.PROTOCOL
    root_marker = address.ROOT

    def __init__(self, instance: str | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.instance = instance
        # Files never change in Rucio; what is in a collection does, and is always asked for.
        self._infos: Own[Info] = Own(self._meant)
        self._listings = Listings(self._meant)
        self._finder = Finder(self._meant, self.info, self._listings)

    @property
    def fsid(self) -> str:
        return f"{self.protocol}_{self.instance or ''}"

    @classmethod
    def _strip_protocol(cls, path: Any) -> Any:
        if isinstance(path, list):
            return [cls._strip_protocol(item) for item in path]
        return address.stripped(str(path))

    @classmethod
    def _parent(cls, path: str) -> str:
        return address.parent(address.stripped(path))

    # ------------------------------------------------------------------------------ the tree

    def ls(self, path: str, detail: bool = True, **options: Any) -> list[Any]:
        """The scopes, the DIDs of a scope, or what is in a collection, sorted; of a file, itself.

        Raises:
            FileNotFoundError: there is nothing of that name.
            PermissionError, ConnectionError, TimeoutError, ValueError: Rucio could not be asked, or
                not about this.
        """
        path = self._strip_protocol(path)
        with failures.as_of_files():
            running, tree, _ = self._open_tree()
            found = sorted(running.iterate(tree.children(path)), key=lambda info: str(info["name"]))
        self._listings.note(found)
        return list(map(dict, found)) if detail else [info["name"] for info in found]

    def info(self, path: str, **options: Any) -> Info:
        """``{name, type, size, did}`` of a file with its checksums ``adler32`` and ``md5``; of a
        collection with ``did_type``, ``length`` (files below) and ``bytes``, None where Rucio has
        not counted.

        Raises: as ``ls``.
        """
        path = self._strip_protocol(path)
        known = self._infos.here.get(path) or self._listings.info(path)
        if known is not None:
            return dict(known)
        with failures.as_of_files():
            running, tree, _ = self._open_tree()
            info = running.run(tree.info(path))
        if info["type"] == "file":
            self._infos.here.put(path, dict(info))
        return info

    def exists(self, path: str, **options: Any) -> bool:
        """That Rucio could not be asked is no answer, and is raised."""
        try:
            self.info(path)
        except FileNotFoundError:
            return False
        return True

    def isdir(self, path: str) -> bool:
        return self._type(path) == "directory"

    def isfile(self, path: str) -> bool:
        return self._type(path) == "file"

    def walk(
        self,
        path: str,
        maxdepth: int | None = None,
        topdown: bool = True,
        on_error: str | OnError | None = None,
        **options: Any,
    ) -> Iterator[Any]:
        """As fsspec's. What is not there is left out unless told otherwise; that Rucio could not be
        asked is raised, since it would look like an empty folder.
        """
        yield from super().walk(
            path,
            maxdepth=maxdepth,
            topdown=topdown,
            on_error=_raise_others if on_error is None else on_error,
            **options,
        )

    def glob(self, path: str, maxdepth: int | None = None, **options: Any) -> Any:
        """As fsspec's. Wildcards in what follows a scope are matched with whole DIDs; below a
        collection, with what is in it.
        """
        pattern = Pattern(self._strip_protocol(path))
        root = pattern.root
        if root is None or (not address.is_scope(root) and self.exists(root)):
            return super().glob(path, maxdepth=maxdepth, **options)
        with_details = options.pop("detail", False)

        def inside(below: str) -> dict[str, Info]:
            found: dict[str, Info] = AbstractFileSystem.glob(
                self, below, maxdepth=maxdepth, **options, detail=True
            )
            return found

        if not pattern.names:
            found = {info["name"]: info for info in self.ls(address.ROOT) if pattern.scope(info)}
        else:
            with failures.as_of_files():
                running, tree, _ = self._open_tree()
                listed = list(running.iterate(tree.matching(pattern.scopes, pattern.names)))
            found = dict(sorted(pattern.matches(listed, inside)))
        self._listings.note(found.values())
        return found if with_details else list(found)

    # ------------------------------------------------------------------------------ the bytes

    def _open(self, path: str, mode: str = "rb", **options: Any) -> Any:
        """
        Raises:
            NotReadable: nobody who has it lets it be read here; says why, and what to call.
            MissingPackage: a package is missing that reads it from where it is.
        """
        if mode != "rb":
            raise failures.read_only()
        found = self._place(path)
        # Who brings a cache of blocks needs a file that is read in blocks.
        if isinstance(found.fs, LocalFileSystem) and "cache_type" not in options:
            return self._at(path, lambda at: at.fs.open(at.path, "rb"))
        given = {name: value for name, value in options.items() if value is not None}
        given["size"] = self.info(path)["size"]
        return RucioFile(self, self._strip_protocol(path), **given)

    def cat_file(
        self, path: str, start: int | None = None, end: int | None = None, **options: Any
    ) -> bytes:
        begin, stop = self._absolute(path, start, end)
        content: bytes = self._at(path, lambda at: at.fs.cat_file(at.path, begin, stop, **options))
        require_length(content, begin, stop, self.info(path)["size"])
        return content

    def cat_ranges(
        self,
        paths: list[str],
        starts: Any,
        ends: Any,
        max_gap: int | None = None,
        on_error: str = "return",
        **options: Any,
    ) -> list[Any]:
        """Those of one storage are asked of it together."""
        count = len(paths)
        begins = starts if isinstance(starts, list) else [starts] * count
        stops = ends if isinstance(ends, list) else [ends] * count
        if len(begins) != count or len(stops) != count:
            raise ValueError("There must be as many starts and ends as paths.")
        self._finder.look_up(map(self._strip_protocol, paths))
        found: list[Any] = [None] * count
        of_storage: dict[AbstractFileSystem, list[tuple[int, str, int | None, int | None]]] = {}
        for at, (path, start, end) in enumerate(zip(paths, begins, stops, strict=True)):
            try:
                fs, inner = self._place(path)
                of_storage.setdefault(fs, []).append((at, inner, *self._absolute(path, start, end)))
            except OSError as error:
                if on_error != "return":
                    raise
                found[at] = error
        for fs, wanted in of_storage.items():
            numbers, inner_paths, some_starts, some_ends = map(list, zip(*wanted, strict=True))
            read = fs.cat_ranges(
                inner_paths, some_starts, some_ends, max_gap=max_gap, on_error=on_error, **options
            )
            for at, content, start, end in zip(numbers, read, some_starts, some_ends, strict=True):
                found[at] = content
                if isinstance(content, bytes):
                    require_length(content, start, end, self.info(paths[at])["size"])
        return found

    def get_file(self, rpath: str, lpath: str, **options: Any) -> None:
        if self.isdir(rpath):
            super().get_file(rpath, lpath, **options)
            return
        self._at(rpath, lambda at: at.fs.get_file(at.path, lpath, **options))

    def ukey(self, path: str) -> str:
        """Another one for other content: of the DID, its size and its checksums."""
        return f"{self.checksum(path):032x}"

    def checksum(self, path: str) -> int:
        info = self.info(path)
        about = [info.get(key) for key in ("did", "size", "adler32", "md5", "length", "bytes")]
        return int(sha256(repr(about).encode()).hexdigest()[:32], 16)

    def invalidate_cache(self, path: str | None = None) -> None:
        super().invalidate_cache(path)
        key = None if path is None else self._strip_protocol(path)
        self._infos.here.forget(key)
        self._listings.forget(key)
        self._finder.forget(key)

    # ------------------------------------------------------------------------------ no writing

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        """
        Raises:
            io.UnsupportedOperation: names how to upload.
        """
        raise failures.read_only()

    mkdir = makedirs = rmdir = rm = rm_file = _rm = mv = cp_file = copy = _refuse
    pipe_file = pipe = put_file = put = touch = _refuse

    # ------------------------------------------------------------------------------ within

    def _meant(self) -> str | None:
        return self.instance or notebook.instance()

    def _open_tree(self) -> tuple[Runtime, Tree, Instance]:
        running = runtime()
        instance = running.instance(self._meant())
        return running, Tree(running.services, instance), instance

    def _type(self, path: str) -> str | None:
        try:
            return str(self.info(path)["type"])
        except FileNotFoundError:
            return None

    def _place(self, path: str) -> Place:
        """Where the file is read, for a minute the same.

        Raises: as ``_open``.
        """
        return self._finder.place(self._strip_protocol(path))

    def _at(self, path: str, read: Callable[[Place], Any]) -> Any:
        """Where it was a moment ago or, when it is there no more, where it is now."""
        was_known = self._finder.is_known(self._strip_protocol(path))
        try:
            return read(self._place(path))
        except OSError:
            if not was_known:
                raise
        self._finder.forget(self._strip_protocol(path))
        return read(self._place(path))

    def _absolute(
        self, path: str, start: int | None, end: int | None
    ) -> tuple[int | None, int | None]:
        """Without numbers that count from the end, which not every file system understands."""
        if (start or 0) >= 0 and (end or 0) >= 0:
            return start, end
        size = self.info(path)["size"] or 0
        begin, stop, _ = slice(start, end).indices(size)
        return begin, stop


def _raise_others(error: OSError) -> None:
    if not isinstance(error, FileNotFoundError):
        raise error
