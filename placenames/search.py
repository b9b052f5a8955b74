"""Finding names by whatever form somebody knows: tiers from the exact to the near, each one indexed statement.

Order: exact standard name, exact other form, beginning, part, sound, near; within a tier by importance.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from placenames.folding import simplified
from placenames.rules.search_keys import Keys, is_latin, keys_of, letters_of, likeness

_CAP: Final = 1000  # rows that a tier brings at most; what is beyond is counted where it matters
LONGEST: Final = 60

# how → score of the tier
_SCORES: Final = {
    "exact": 100, "without_generic": 98, "form": 90, "form_without_generic": 88, "pinyin": 86,
    "other_generic": 84, "prefix": 80, "contains": 70,
    "initials": 65, "pinyin_prefix": 62, "sound": 60, "near": 40,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tier:
    how: str
    condition: str
    values: dict[str, Any]


def search(
    query: str, *, limit: int = 20, within: int | None = None, year: int | None = None, public_only: bool = False
) -> dict[str, Any]:
    """The document of ``search_names``. `within`: a division's id; `year`: forms in use then, negative before the common era."""
    started = time.perf_counter()
    text = "".join(simplified(query).split())[:LONGEST]
    filters, values = _filters(within, year, public_only)
    best: dict[str, tuple[float, dict[str, Any]]] = {}
    for tier in _tiers(query, text) if text else []:
        if tier.how == "near" and best and max(score for score, _one in best.values()) >= _SCORES["form_without_generic"]:
            break  # who wrote it right does not want what is nearly right
        for row in _rows(tier, filters, values):
            result = _result(row, tier.how)
            if tier.how == "near":
                result["score"] += likeness(keys_of(text).stem, row[9])
            kept = best.get(row[0])
            if kept is None or result["score"] > kept[0]:
                best[row[0]] = (result["score"], result)
    ordered = sorted(best.values(), key=lambda one: (-one[0], len(one[1]["name"]), one[1]["code"]))
    return {
        "query": query,
        "took_ms": round((time.perf_counter() - started) * 1000, 2),
        "total": len(best),
        "results": [result for _score, result in ordered[:limit]],
    }


def _filters(within: int | None, year: int | None, public_only: bool) -> tuple[str, dict[str, Any]]:
    parts, values = [], {}
    if within is not None:
        parts.append("within @> ARRAY[%(within)s::bigint]")
        values["within"] = within
    if year is not None:
        parts.append("(years IS NULL OR years @> %(year)s)")
        values["year"] = year
    if public_only:
        parts.append("public")
    return "".join(f" AND {one}" for one in parts), values


def _tiers(query: str, text: str) -> list[Tier]:
    if is_latin(query):
        letters = letters_of(query)
        if not letters:
            return []
        found = [Tier("pinyin", "(letters = %(letters)s OR stem_letters = %(letters)s)", {"letters": letters})]
        if len(letters) <= 6:
            found.append(Tier("initials", "(initials = %(letters)s OR stem_initials = %(letters)s)", {"letters": letters}))
        if len(letters) > 2:
            found.append(Tier("pinyin_prefix", "letters LIKE %(prefix)s", {"prefix": f"{letters}%"}))
        return found
    keys = keys_of(text)
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    found = [
        Tier("exact", "folded = %(text)s", {"text": text}),
        Tier("without_generic" if text == keys.stem else "other_generic", "stem = %(stem)s", {"stem": keys.stem}),
        Tier("prefix", "folded LIKE %(prefix)s", {"prefix": f"{escaped}%"}),
        Tier("contains", "grams @> %(grams)s AND folded LIKE %(part)s", {"grams": list(_wanted(keys)), "part": f"%{escaped}%"}),
    ]
    if len(keys.stem) > 1:
        if keys.sound:
            found.append(Tier("sound", "sound = %(sound)s", {"sound": keys.sound}))
        found.append(
            Tier(
                "near",
                "(near && %(near)s::text[] OR stem = ANY(%(shorter)s))",
                {"near": [*keys.near, keys.stem], "shorter": [one for one in keys.near if "*" not in one]},
            )
        )
    return found


def _wanted(keys: Keys) -> tuple[str, ...]:
    """Two-character pieces say all; of a single character the piece is itself."""
    return tuple(one for one in keys.grams if len(one) == 2) or keys.grams


def _rows(tier: Tier, filters: str, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT target, text, how, name, code, spelling, place_class, area, importance, stem FROM placenames_searchform"
            f" WHERE {tier.condition}{filters} ORDER BY importance DESC, length(folded), id LIMIT {_CAP}",
            {**values, **tier.values},
        )
        return cursor.fetchall()


def _result(row: tuple[Any, ...], how: str) -> dict[str, Any]:
    _target, form, kind, name, code, spelling, place_class, area, importance, _stem = row
    if kind != "standard":
        how = {"exact": "form", "without_generic": "form_without_generic"}.get(how, how)
    return {
        "code": code,
        "name": name,
        "spelling": spelling,
        "class": place_class,
        "area": area,
        "matched": {"form": form, "how": how},
        "score": round(_SCORES[how] + importance / 10, 1),
    }
