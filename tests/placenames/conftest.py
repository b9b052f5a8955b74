"""The world of the archive, for the tests that do not make one of their own."""

from __future__ import annotations

import pytest
from django.conf import settings as django_settings
from django.db import transaction
from django.test import override_settings

from placenames.services import search_index
from tests.placenames.archive_world import make_world


@pytest.fixture(scope="module")
def stage(django_db_setup, django_db_blocker, tmp_path_factory):
    """Made once for the module and rolled back after it; every test has its own savepoint within."""
    with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media")), transaction.atomic():
        made = make_world()
        search_index.rebuild()
        yield made, django_settings.MEDIA_ROOT
        transaction.set_rollback(True)


@pytest.fixture
def world(stage, settings):
    made, settings.MEDIA_ROOT = stage
    return made
