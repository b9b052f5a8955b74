"""What the hostile tests share: a server that notes whether a file made anybody come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.hostile.listening import listening


@pytest.fixture
def listener() -> Iterator[tuple[int, list[bytes]]]:
    """Port of a server, and what came to it."""
    with listening() as found:
        yield found
