"""The names of the search index as divisions and records of places, so that the web has something to tell of what it finds."""

from __future__ import annotations

from django.db import connection

from tests.performance.name_queries import Real

_TYPES = {1: "province", 2: "prefecture_city", 3: "county", 4: "town", 5: "village_committee"}
_DIVISION = """
INSERT INTO boundaries_divisionrecord (
    division_id, valid, recorded, begins, name, proper_name, generic_name, level, type, parent_id, grade, seat_grade, source_id
)
SELECT id, '[2016-01-01,)', '[2020-01-01,)', 'observed', name, proper, substr(name, length(proper) + 1), level, type, parent,
       '', '', %(source)s
FROM bench_units
"""
_PLACE = """
INSERT INTO placenames_placenamerecord (
    place_id, names_division, valid, years, recorded, begins, name, proper_name, generic_name, place_class, code, spelling,
    spelled_by, reading, location, location_grade, location_source, status, secrecy, published, source_id
)
SELECT place, false, CASE WHEN kind = 'historic' THEN NULL ELSE daterange('2016-01-01', NULL) END,
    CASE WHEN kind = 'historic' THEN years END, '[2020-01-01,)', 'observed', replace(term, ' ', ''), split_part(term, ' ', 1),
    split_part(term, ' ', 2), place_class, '', '', '', '', location, CASE WHEN location IS NULL THEN '' ELSE 'invented' END, '',
    CASE WHEN kind = 'historic' THEN 'historic' ELSE 'in_use' END, 'open', true, %(source)s
FROM placenames_searchform WHERE division IS NULL
"""


def keep(real: list[Real]) -> None:
    """Divisions numbered as the list is, and a place for every other form of the index. Empties the register."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE boundaries_division, placenames_placename, boundaries_source CASCADE")
        cursor.execute("CREATE TEMP TABLE bench_units (id bigint, name text, proper text, level int, type text, parent bigint)")
        with cursor.copy("COPY bench_units FROM STDIN") as sink:
            for at, one in enumerate(real, 1):
                sink.write_row((at, one.name, one.proper, one.level, _TYPES[one.level], one.parent))
        cursor.execute("INSERT INTO boundaries_source (kind, title, issuer, document_number, dated, sha256, details, recorded_at)"
                       " VALUES ('demo', 'scripts/bench search', '', '', NULL, '', '{}', now()) RETURNING id")  # fmt: skip
        source = {"source": cursor.fetchone()[0]}
        cursor.execute("INSERT INTO boundaries_division (id) SELECT id FROM bench_units")
        cursor.execute(_DIVISION, source)
        cursor.execute("INSERT INTO placenames_placename (id) SELECT place FROM placenames_searchform WHERE division IS NULL")
        cursor.execute(_PLACE, source)
        cursor.execute("DROP TABLE bench_units")
        # The index is what these rows were made from.
        cursor.execute("DELETE FROM placenames_searchstale")
        cursor.execute("ANALYZE boundaries_divisionrecord, placenames_placenamerecord, placenames_placename")
