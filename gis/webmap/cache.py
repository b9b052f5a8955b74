"""Tiles in files, as Django keeps them, for very many of them."""

from __future__ import annotations

import pickle
import random
import zlib
from typing import IO, Any

from django.core.cache.backends.filebased import FileBasedCache


class TileCache(FileBasedCache):
    """Django counts the files before every write and presses each as small as can be; either costs more than making the tile.

    Here the files are counted once in a while, so that the limit is overstepped by some hundred at most, and pressed lightly.
    """

    looks_every = 400

    def _cull(self) -> None:
        if random.randrange(self.looks_every) == 0:  # noqa: S311 - a die, no secret
            super()._cull()  # type: ignore[misc]  # a hook of Django's that its stubs leave out

    def _write_content(self, file: IO[bytes], timeout: Any, value: Any) -> None:
        file.write(pickle.dumps(self.get_backend_timeout(timeout), pickle.HIGHEST_PROTOCOL))
        file.write(zlib.compress(pickle.dumps(value, pickle.HIGHEST_PROTOCOL), level=1))
