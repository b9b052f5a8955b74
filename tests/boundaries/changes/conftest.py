"""The demo county in the database, loaded once for each file; what a test does is rolled back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from boundaries.services.demo import load_demo


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        load_demo(joint_work=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db) -> None:
    """Within a savepoint of the county's transaction."""
