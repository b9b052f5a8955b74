"""The real history of Henan in the database, loaded once for each file that asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from tests.commands import run
from tests.importers.real_history import EVERYTHING


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Any]]:
    """What `import_history` says of everything; taken back at the end of the file."""
    with django_db_blocker.unblock(), transaction.atomic():
        status, result = run("import_history", *EVERYTHING)
        assert status == 0, result
        yield result
        transaction.set_rollback(True)
