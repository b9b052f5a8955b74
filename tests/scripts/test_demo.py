"""The demo county goes into an empty database only."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from prepare.demo import IS_EMPTY

from boundaries.models import Division

pytestmark = pytest.mark.django_db


def answer():
    with connection.cursor() as cursor:
        cursor.execute(IS_EMPTY)
        return cursor.fetchone()[0]


def test_fresh_database_is_empty():
    assert answer() == "yes"


def test_database_with_a_person_is_not_empty():
    get_user_model().objects.create_user("officer")
    assert answer() == "no"


def test_database_with_a_division_is_not_empty():
    Division.objects.create()
    assert answer() == "no"
