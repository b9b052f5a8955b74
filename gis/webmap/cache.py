"""Tiles in files, as Django keeps them, for very many of them."""

from __future__ import annotations

import random

from django.core.cache.backends.filebased import FileBasedCache


class TileCache(FileBasedCache):
    """Django counts the files before every write, which with a hundred thousand tiles costs more than making the tile.

    Here it does so once in a while; the limit is then overstepped by some hundred files at most.
    """

    looks_every = 400

    def _cull(self) -> None:
        if random.randrange(self.looks_every) == 0:  # noqa: S311 - a die, no secret
            super()._cull()  # type: ignore[misc]  # a hook of Django's that its stubs leave out
