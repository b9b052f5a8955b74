"""The demo county, loaded once for each file."""

from tests.boundaries.changes.conftest import demo, loaded

__all__ = ["demo", "loaded"]
