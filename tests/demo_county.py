"""The demo county for a test: loaded as anybody loads it the first time, put back from a copy of its rows every later time.

Working out the county's ground and storing it takes seconds, and dozens of tests stand on it. The copy is what `load_demo`
left behind on this database in this process; tests of the demo itself call `load_demo`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from boundaries.services.demo import load_demo

# Rows of the database's own making.
_OF_THE_DATABASE = frozenset({"django_migrations", "spatial_ref_sys"})


@dataclass(frozen=True)
class _Copy:
    """`tables`: rows in PostgreSQL's binary form with the columns they stand in; `files`: what lay in the media folder."""

    tables: dict[str, tuple[list[str], bytes]]
    files: dict[Path, bytes]


# What runs on commit (the map, the search) has run in a copy of a committed county and not in one of a transaction still open.
_copies: dict[tuple[bool, bool], _Copy] = {}


def demo_county(*, joint_work: bool = True) -> None:
    """Fills an empty register with the demo county; `joint_work` as `load_demo` has it."""
    kind = (joint_work, connection.in_atomic_block)
    if kind in _copies:
        _put_back(_copies[kind])
        return
    before = _filled()
    load_demo(joint_work=joint_work)
    _copies[kind] = _taken(before)


def _filled() -> dict[str, set[object]]:
    """Every table, with the keys of the rows it holds."""
    with connection.cursor() as cursor:
        found: dict[str, set[object]] = {}
        for table in sorted(set(connection.introspection.table_names()) - _OF_THE_DATABASE):
            key = connection.introspection.get_primary_key_column(cursor, table)
            if key is not None:
                cursor.execute(sql.SQL("SELECT {} FROM {}").format(sql.Identifier(key), sql.Identifier(table)))
                found[table] = {value for (value,) in cursor.fetchall()}
        return found


def _taken(before: dict[str, set[object]]) -> _Copy:
    new = {table: keys - before[table] for table, keys in _filled().items()}
    root = Path(settings.MEDIA_ROOT)
    files = {one.relative_to(root): one.read_bytes() for one in root.rglob("*") if one.is_file()}
    # The queue's foreign keys are checked row by row: jobs come before what tells of them.
    order = sorted((table for table in new if new[table]), key=lambda table: table != "procrastinate_jobs")
    return _Copy({table: _rows(table, new[table]) for table in order}, files)


def _rows(table: str, keys: set[object]) -> tuple[list[str], bytes]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        columns = [name for (name,) in cursor.fetchall()]
        chosen = sql.SQL("COPY (SELECT {} FROM {} WHERE {} = ANY({})) TO STDOUT (FORMAT BINARY)").format(
            _listed(columns),
            sql.Identifier(table),
            sql.Identifier(connection.introspection.get_primary_key_column(cursor, table)),
            sql.Literal(list(keys)),
        )
        with cursor.copy(chosen) as rows:
            return columns, b"".join(bytes(part) for part in rows)


@transaction.atomic
def _put_back(kept: _Copy) -> None:
    """Triggers of ours are asleep meanwhile: what they would write is among the rows. Foreign keys are checked at once."""
    with connection.cursor() as cursor:
        for table in kept.tables:
            cursor.execute(_alter(table, "DISABLE TRIGGER USER"))
        for table, (columns, rows) in kept.tables.items():
            command = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(sql.Identifier(table), _listed(columns))
            with cursor.copy(command) as into:
                into.write(rows)
            _count_on(cursor, table)
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in kept.tables:
            cursor.execute(_alter(table, "ENABLE TRIGGER USER"))
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    for name, content in kept.files.items():
        place = Path(settings.MEDIA_ROOT) / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)


def _count_on(cursor: CursorWrapper, table: str) -> None:
    """The table's sequence goes on behind the rows put back."""
    for sequence in connection.introspection.get_sequences(cursor, table):
        column = sql.Identifier(sequence["column"])
        cursor.execute(
            sql.SQL("SELECT setval({}::regclass, greatest((SELECT max({}) FROM {}), nextval({}::regclass)))").format(
                sql.Literal(sequence["name"]), column, sql.Identifier(table), sql.Literal(sequence["name"])
            )
        )


def _listed(columns: list[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def _alter(table: str, how: str) -> sql.Composed:
    return sql.SQL("ALTER TABLE {} {}").format(sql.Identifier(table), sql.SQL(how))
