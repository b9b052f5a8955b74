"""Making the table that is searched, from the record of names and the register. Whole, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

from django.db import connection, transaction

from placenames.folding import simplified
from placenames.rules.kinds import kind_of_class
from placenames.rules.readings import HOME, UnreadableError
from placenames.rules.search_keys import keys_of
from placenames.rules.spelling import spell
from placenames.services import columns as cells

_LOCK: Final = 0x9A02
# Of a class the nearest beginning counts.
_IMPORTANCE: Final = (
    ("212", 9), ("213", 8), ("214", 7), ("215", 6), ("216", 4), ("221", 4), ("222", 4), ("12", 5), ("13", 5), ("11", 5), ("253", 5),
)  # fmt: skip

_ROWS: Final = """
SELECT CASE WHEN n.division_id IS NULL THEN 'p' || n.place_id ELSE 'd' || n.division_id END AS target,
       n.name, n.place_class, coalesce(c.code, n.code, ''), n.spelling, coalesce(a.name, ''), n.area_id, n.division_id, n.published,
       CASE WHEN n.years IS NOT NULL THEN lower(n.years)
            WHEN coalesce(r.begins, 'observed') = 'observed' THEN NULL ELSE extract(year FROM lower(n.valid))::int END,
       CASE WHEN n.years IS NOT NULL THEN upper(n.years) ELSE extract(year FROM upper(n.valid))::int + 1 END,
       n.status = 'historic',
       row_number() OVER (PARTITION BY coalesce(n.division_id, -n.place_id)
                          ORDER BY upper(n.valid) DESC NULLS FIRST, upper(n.years) DESC NULLS FIRST, n.id) AS rank
FROM placenames_name n
LEFT JOIN boundaries_divisionrecord r ON r.id = n.division_record_id
LEFT JOIN LATERAL (
    SELECT code FROM boundaries_divisioncode c WHERE c.division_id = n.division_id AND upper_inf(c.recorded)
    ORDER BY upper(c.valid) DESC NULLS FIRST, c.authority LIMIT 1
) c ON true
LEFT JOIN LATERAL (
    SELECT name FROM boundaries_divisionrecord a WHERE a.division_id = n.area_id AND upper_inf(a.recorded)
    ORDER BY upper(a.valid) DESC NULLS FIRST LIMIT 1
) a ON true
WHERE upper_inf(n.recorded)
ORDER BY target, rank
"""
_FORMS: Final = """
SELECT CASE WHEN p.division_id IS NULL THEN 'p' || p.id ELSE 'd' || p.division_id END,
       f.text, f.kind, lower(f.years), upper(f.years)
FROM placenames_nameform f JOIN placenames_placename p ON p.id = f.place_id WHERE upper_inf(f.recorded)
"""
# Historic seats that lay where a county of today has its own: the source names the county and nothing beside it.
_SEATS: Final = """
SELECT 'd' || r.area_id, r.name, lower(r.years), upper(r.years)
FROM placenames_placenamerecord r JOIN placenames_censusentry e ON e.record_id = r.id
JOIN boundaries_divisionrecord d ON d.division_id = r.area_id AND upper_inf(d.recorded) AND upper_inf(d.valid)
WHERE upper_inf(r.recorded) AND r.status = 'historic' AND r.place_class LIKE '21%'
  AND e.description ~ ('^今?(河南省?)?' || d.proper_name || '[市县区]?([市县区]治.*)?$')
"""


def is_stale() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM placenames_searchnote) OR NOT EXISTS (SELECT FROM placenames_searchform)")
        return bool(cursor.fetchone()[0])


@transaction.atomic
def rebuild() -> int:
    """Makes the table anew and returns the number of forms. Whoever searches meanwhile sees the old one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # First: what is committed after this is noted again, what was before is read below.
        cursor.execute("DELETE FROM placenames_searchnote")
        cursor.execute("DELETE FROM placenames_searchform")
    rows = list(_forms())
    _copy(rows)
    return len(rows)


def _parents() -> dict[int, int | None]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT ON (division_id) division_id, parent_id FROM boundaries_divisionrecord WHERE upper_inf(recorded)"
            " ORDER BY division_id, upper(valid) DESC NULLS FIRST"
        )
        return dict(cursor.fetchall())


def _line(division: int | None, parents: dict[int, int | None]) -> list[int]:
    found: list[int] = []
    while division is not None and division not in found and len(found) < 8:
        found.append(division)
        division = parents.get(division)
    return found


def _forms() -> Iterator[dict[str, Any]]:
    parents = _parents()
    standard: dict[str, dict[str, Any]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_ROWS)
        for row in cursor.fetchall():
            target, name, place_class, code, spelling, area, area_id, division, public, since, until, historic, rank = row
            if target in standard and standard[target]["name"] == name:
                _widen(standard[target], since, until)
                continue
            one = {
                "target": target, "text": name, "how": "standard" if rank == 1 else "former", "years": _span(since, until),
                "within": _line(division or area_id, parents), "name": name, "code": code, "place_class": place_class,
                "spelling": spelling or _spelled(name, place_class, code[:6]), "area": area, "public": public,
                "importance": _importance(place_class) - 2 * historic,
            }  # fmt: skip
            if rank == 1:
                standard[target] = one
            else:
                one |= {key: standard[target][key] for key in ("name", "code", "spelling", "place_class", "area", "within")}
                yield one
        cursor.execute(_FORMS)
        more = [(target, text, kind, since, until) for target, text, kind, since, until in cursor.fetchall()]
        cursor.execute(_SEATS)
        more += [(target, text, "former", since, until) for target, text, since, until in cursor.fetchall()]
    yield from standard.values()
    seen = set()
    for target, text, kind, since, until in more:
        if target in standard and (target, text, since) not in seen:
            seen.add((target, text, since))
            yield {**standard[target], "text": text, "how": kind, "years": _span(since, until)}


def _span(since: int | None, until: int | None) -> tuple[int, int] | None:
    return None if since is None and until is None else (-9999 if since is None else since, 9999 if until is None else until)


def _widen(one: dict[str, Any], since: int | None, until: int | None) -> None:
    """The same name in another state of the division: one form with the longer period."""
    span = _span(since, until)
    one["years"] = None if span is None or one["years"] is None else (min(one["years"][0], span[0]), max(one["years"][1], span[1]))


@lru_cache(maxsize=300_000)
def _spelled(name: str, place_class: str, area: str) -> str:
    try:
        return spell(name, kind_of_class(place_class) if place_class else None, area or HOME).spelling
    except UnreadableError:
        return ""


def _importance(place_class: str) -> int:
    return next((value for start, value in _IMPORTANCE if place_class.startswith(start)), 3)


def _copy(rows: list[dict[str, Any]]) -> None:
    keys = [keys_of("".join(simplified(one["text"]).split()), one["code"][:6]) for one in rows]
    text = ("target", "text", "how", "name", "code", "spelling", "place_class", "area")
    derived = ("folded", "stem", "sound", "letters", "stem_letters", "initials", "stem_initials")
    cells.copy(
        "placenames_searchform",
        {
            **{column: cells.texts(one[column] for one in rows) for column in text},
            **{column: cells.texts(getattr(one, column) for one in keys) for column in derived},
            "grams": cells.text_arrays(one.grams for one in keys),
            "near": cells.text_arrays(one.near for one in keys),
            "years": cells.year_spans(one["years"] for one in rows),
            "within": cells.big_arrays(one["within"] for one in rows),
            "importance": cells.smalls([one["importance"] for one in rows]),
            "public": cells.flags(one["public"] for one in rows),
        },
        len(rows),
    )
