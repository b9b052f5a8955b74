"""The database is one that knows Chinese, and what is not is said at start-up."""

from __future__ import annotations

import pytest
from django.core.checks import run_checks
from django.db import connection

from gis.checks import database_speaks_chinese

pytestmark = pytest.mark.django_db


def test_the_database_of_the_tests_passes():
    assert database_speaks_chinese(None, databases=["default"]) == []
    assert not [message for message in run_checks(databases=["default"]) if message.is_serious()]
    with connection.cursor() as cursor:
        cursor.execute("SELECT datctype FROM pg_database WHERE datname = current_database()")
        assert cursor.fetchone()[0].replace("-", "").lower() == "c.utf8"
        # What the check is for: with LC_CTYPE=C this is empty and name search finds nothing.
        cursor.execute("SELECT show_trgm('龙湖镇')")
        assert len(cursor.fetchone()[0]) >= 3


class Answers:
    """A connection whose server says what a badly made database would say."""

    def __init__(self, encoding: str, ctype: str, extensions: list[str]) -> None:
        self.replies = [[(encoding, ctype)], [(name,) for name in extensions]]

    def cursor(self):
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_rest):
        return None

    def execute(self, _sql):
        self.rows = self.replies.pop(0)

    def fetchone(self):
        return self.rows[0]

    def fetchall(self):
        return self.rows


@pytest.mark.parametrize(
    ("encoding", "ctype", "extensions", "ids"),
    [
        ("UTF8", "C.UTF-8", ["postgis", "btree_gist", "pg_trgm"], []),
        ("UTF8", "C", ["postgis", "btree_gist", "pg_trgm"], ["yudi.E002"]),
        ("SQL_ASCII", "POSIX", ["postgis", "btree_gist", "pg_trgm"], ["yudi.E001", "yudi.E002"]),
        ("UTF8", "zh_CN.UTF-8", ["postgis"], ["yudi.W001", "yudi.W001"]),
    ],
)
def test_a_database_that_would_fail_later_is_told_now(monkeypatch, encoding, ctype, extensions, ids):
    monkeypatch.setattr("gis.checks.connections", {"default": Answers(encoding, ctype, extensions)})
    assert [message.id for message in database_speaks_chinese(None, databases=["default"])] == ids
