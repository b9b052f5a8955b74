"""scripts/bench search [--count N] [--each N] [--rate R] [--data DIR]: names found by tiers, against pg_trgm alone and LIKE.

ours     placenames.search.search: `db` the statements alone, `all` with Python (keys of the query, judging, ordering)
trgm     a GIN trigram index over the same texts: ILIKE '%q%' or similar (%), best similarity first
like     LIKE '%q%' on the same table (its index helps from three characters on), by importance

Names are those of the shared lists and generated ones (tests/performance/name_queries.py); an answer counts as found where a form
equal to the name asked for is among the first ten. `bound`: how many ten places could hold if towns one character away stood in any
order. Under filters (in a town, a county, a prefecture, villages alone, of a period) the peers are not asked. Then gunicorn is
asked at a fixed rate (tests/performance/search_web.py), each question counted by the limiter.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.development")

import django

django.setup()

from django.db import connection

from placenames.rules.search_keys import folded, one_apart
from placenames.search import search
from placenames.services.search_index import write
from tests.performance import search_web
from tests.performance.name_queries import Question, Real, filtered, forms, historic_names, questions, real_names
from tests.performance.search_register import keep

NEAR_KINDS = frozenset({"typo", "missing", "extra"})


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench search")
    parser.add_argument("--count", type=int, default=620_000)
    parser.add_argument("--each", type=int, default=150, help="queries of each kind")
    parser.add_argument("--peers", type=int, default=30, help="queries of each kind for the peers, which are slow")
    parser.add_argument("--keep", action="store_true", help="the names of the last run, without making them anew")
    parser.add_argument("--rate", type=float, default=50, help="requests a second through the web; 0 for none")
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--data", default="../shared/data")
    options = parser.parse_args()
    if "bench" not in str(connection.settings_dict["NAME"]):
        sys.exit("scripts/bench empties the index of names: only a database with “bench” in its name is used")
    shared = Path(options.data)
    real, old = real_names(shared), historic_names(shared)
    if not options.keep:
        fill(real, old, options.count)
    if options.peers:
        beside()
    asked = questions(real, old, options.each)
    columns = ("found", "bound", "db p50", "p95", "all p50", "p95", "trgm p50", "like p50", "trgm/ours")
    print(f"load {os.getloadavg()[0]:.1f}\n{'kind':20}{'n':>5}" + "".join(f"{one:>10}" for one in columns))
    for kind, some in asked.items():
        row(kind, some, options.peers, bound(some, real) if kind in NEAR_KINDS else None)
    print(f"{'under filters':20}{'n':>5}" + "".join(f"{one:>10}" for one in columns))
    for kind, some in filtered(real, old, options.each).items():
        row(kind, some, 0, None)
    if options.rate:
        if not options.keep:
            keep(real)
        connection.close()
        search_web.measure([one.text for some in asked.values() for one in some], options.rate, options.seconds)


def bound(asked: list[Question], real: list[Real]) -> float:
    towns = {folded(one.name) for one in real if one.level in (3, 4)}
    apart = [sum(one_apart(town, one.text) for town in towns) for one in asked]
    return sum(min(1, 10 / max(1, many)) for many in apart) / max(1, len(asked))


def fill(real: list[Any], old: list[str], count: int) -> None:
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE placenames_searchform")
        cursor.execute("DELETE FROM placenames_searchstale")
        # A table of many millions is filled first and indexed then.
        indexes = _without_indexes(cursor) if count > 1_000_000 else []
        made = write(forms(real, old, count))
        print(f"{made} rows in {time.perf_counter() - started:.0f} s", flush=True)
        cursor.execute("SET maintenance_work_mem = '1GB'")
        for statement in indexes:
            cursor.execute(statement)
    connection.close()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE placenames_searchform")
        cursor.execute(
            "SELECT pg_size_pretty(pg_table_size('placenames_searchform')),"
            " pg_size_pretty(pg_indexes_size('placenames_searchform'))"
        )
        table, indexes = cursor.fetchone()
    print(f"{made} forms in {time.perf_counter() - started:.0f} s; table {table}, indexes {indexes}; {os.cpu_count()} cores")


def _without_indexes(cursor: Any) -> list[str]:
    """Drops the indexes of the table of forms; returns what makes them anew."""
    cursor.execute(
        "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'placenames_searchform' AND indexname LIKE 'search\\_%'"
    )
    rows = cursor.fetchall()
    for name, _statement in rows:
        cursor.execute(f"DROP INDEX {name}")
    return [statement for _name, statement in rows]


def beside() -> None:
    """The same texts in a table of the peers' own."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS bench_names")
        cursor.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        cursor.execute("CREATE TABLE bench_names AS SELECT replace(term, ' ', '') AS name, importance FROM placenames_searchform")
        cursor.execute("CREATE INDEX ON bench_names USING gin (name gin_trgm_ops)")
        cursor.execute("ANALYZE bench_names")


def row(kind: str, asked: list[Question], peers: int, most: float | None) -> None:
    for one in asked[:20]:
        search(one.text, one.filters, 10)
    whole, inside, found = [], [], 0
    for one in asked:
        spent = Spent()
        started = time.perf_counter()
        with connection.execute_wrapper(spent):
            hits, _total = search(one.text, one.filters, 10)
        whole.append((time.perf_counter() - started) * 1000)
        inside.append(spent.milliseconds)
        found += any(folded(hit.form) == one.answer for hit in hits)
    some = asked[:peers]
    trgm, like = [peer(trigrams, one.text) for one in some], [peer(plain, one.text) for one in some[:10]]
    ours = statistics.median(whole)
    told = f"{kind:20}{len(asked):5}{found / max(1, len(asked)):10.3f}" + (f"{most:10.3f}" if most is not None else f"{'':10}")
    told += f"{statistics.median(inside):10.2f}{p95(inside):10.2f}{ours:10.2f}{p95(whole):10.2f}"
    if some:
        told += f"{statistics.median(trgm):10.1f}{statistics.median(like):10.1f}{statistics.median(trgm) / ours:10.1f}"
    print(told, flush=True)


class Spent:
    """Counts what the statements take."""

    milliseconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.milliseconds += (time.perf_counter() - started) * 1000


def p95(values: list[float]) -> float:
    return sorted(values)[int(len(values) * 0.95)] if len(values) > 1 else values[0]


def peer(way: Callable[[str], tuple[str, list[str]]], text: str) -> float:
    statement, values = way(text)
    started = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        cursor.fetchall()
    return (time.perf_counter() - started) * 1000


def trigrams(text: str) -> tuple[str, list[str]]:
    return (
        "SELECT name FROM bench_names WHERE name ILIKE %s OR name %% %s"
        " ORDER BY similarity(name, %s) DESC, importance DESC LIMIT 10",
        [f"%{text}%", text, text],
    )


def plain(text: str) -> tuple[str, list[str]]:
    return "SELECT name FROM bench_names WHERE name LIKE %s ORDER BY importance DESC LIMIT 10", [f"%{text}%"]


if __name__ == "__main__":
    main()
