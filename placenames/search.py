"""Finding names by whatever form somebody knows: tiers from the exact to the near, each of few index probes.

Order: exact standard name (with or without its generic), exact other form, beginning, part, sound, near; within a tier what lies
in the person's own area, then importance. A tier is asked only where those before it did not fill the list, and reads what is
important first and of the rest a bounded number of rows, so that a search costs about the same whatever the number of names.
Who asks for the nearest has them before all else, but what is merely alike stays behind what was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from django.db import connection

from gis.crs import CGCS2000, inverse
from placenames.models import IMPORTANT_FROM
from placenames.rules import search_keys as keys
from placenames.rules.search_keys import IMPORTANT, LONGEST, Letters, folded, letters_of
from placenames.search_filters import Filters, Near, Window, with_areas

# Rows a probe brings of the important and of all others.
_TOP: Final = 60
_REST: Final = 120
_MANY: Final = 20_000
_LAST: Final = "\U0010ffff"
MOST: Final = 100

EXACT, NO_GENERIC, FORM, FORM_NO_GENERIC = "exact", "without_generic", "form", "form_without_generic"
HISTORIC, PINYIN, INITIALS, CODE = "historic", "pinyin", "initials", "code"
PREFIX, CONTAINS, PINYIN_PREFIX, SOUND, NEAR = "prefix", "contains", "pinyin_prefix", "sound", "near"
LISTED = "listed"  # without a text, by the filters alone
SCORES: Final = {
    CODE: 120, EXACT: 110, PINYIN: 110, NO_GENERIC: 109, FORM: 95, HISTORIC: 95, FORM_NO_GENERIC: 94, INITIALS: 80, PREFIX: 75,
    PINYIN_PREFIX: 65, CONTAINS: 60, SOUND: 45, NEAR: 20,
    LISTED: 10,
}  # fmt: skip
_HAMLET: Final = 18  # how far below a division's its name without the generic counts of a village or a road
_OWN_AREA: Final = 11  # more than any importance, less than a tier
# Who mistook a name looks for another name, not for the same once more: what comes again stands behind what comes first.
_GUESSED: Final = frozenset({SOUND, NEAR})
_AGAIN: Final = 40
_COLUMNS: Final = (
    "place, division, area, kind, place_class, text, term, importance, lower(years), upper(years), ST_X(location), ST_Y(location),"
    " heritage"
)
_OLD_KINDS: Final = frozenset({"historic", "seat", "former"})


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found, by its best form. `years` of that form; `score` orders; `at` in degrees, `distance_m` where one is asked;
    `listed`: whether it stands on a list.
    """

    place: int | None
    division: int | None
    area: int | None
    form: str
    how: str
    place_class: str
    years: tuple[int | None, int | None] | None
    score: float
    at: tuple[float, float] | None = None
    distance_m: float | None = None
    listed: bool = False

    @property
    def key(self) -> tuple[bool, int | None]:
        return (True, self.division) if self.division is not None else (False, self.place)


@dataclass(frozen=True, slots=True)
class Row:
    place: int | None
    division: int | None
    area: int | None
    kind: str
    place_class: str
    form: str
    term: str
    importance: int
    since: int | None
    until: int | None
    lon: float | None
    lat: float | None
    heritage: int

    @property
    def plain(self) -> str:
        return self.term.replace(keys.BLANK, "")

    @property
    def core(self) -> str:
        return self.term.partition(keys.BLANK)[0]


def search(query: str, filters: Filters, limit: int) -> tuple[list[Hit], int]:
    """The best hits, and how many were found (what lies beyond the bounds of the probes is not counted)."""
    found = _Found(filters, limit)
    letters = letters_of(query)
    text = folded(query)
    if letters is not None:
        _by_letters(found, letters, text)
    elif text:
        _by_characters(found, text)
    elif not query.strip() and filters.lists:
        _by_filters(found)
    return found.best()


class _Found:
    """Collects rows tier by tier and keeps of each thing its best form."""

    def __init__(self, filters: Filters, limit: int) -> None:
        self.filters, self.limit = filters, limit
        self.rounds, self.values = filters.rounds(), filters.sql()[1]
        self.own = frozenset(filters.own)
        self.kept: dict[tuple[bool, int | None], Hit] = {}
        self._names: set[str] = set()  # of what is merely alike
        self._sure = 0

    @property
    def full(self) -> bool:
        """Whether the list is; a name that comes again among those that are merely alike fills no place."""
        return self._sure + len(self._names) >= self.limit

    def ask(self, probes: Sequence[str], values: dict[str, Any]) -> list[Row]:
        """Rows of several probes in one statement, in each of the rounds of the filters."""
        values = {**self.values, **values}
        parts = []
        for condition, more in self.rounds:
            parts += [f"({probe.format(columns=_COLUMNS, filters=condition)})" for probe in probes]
            values |= more
        with connection.cursor() as cursor:
            cursor.execute(with_areas(values) + " UNION ALL ".join(parts), values)
            rows = cursor.fetchall()
        return [Row(*(*row[:5], row[5] or row[6].replace(keys.BLANK, ""), *row[6:])) for row in rows]

    def take(self, rows: Iterable[Row], judge: Callable[[Row], tuple[str, float] | None]) -> None:
        """`judge` names how a row fits and what it is worth beyond the tier; None where it does not."""
        for row in rows:
            judged = judge(row)
            if judged is None:
                continue
            how, more = judged
            score = SCORES[how] + row.importance / 10 + more + (_OWN_AREA if row.area in self.own else 0)
            years = None if row.since is None and row.until is None else (row.since, row.until)
            at = None if row.lon is None or row.lat is None else (row.lon, row.lat)
            hit = Hit(
                row.place,
                row.division,
                row.area,
                row.form,
                how,
                row.place_class,
                years,
                round(score, 2),
                at,
                listed=row.heritage != 0,
            )
            kept = self.kept.get(hit.key)
            if kept is None or hit.score > kept.score:
                self.kept[hit.key] = hit
                self._sure += (how not in _GUESSED) - (kept is not None and kept.how not in _GUESSED)
                if how in _GUESSED:
                    self._names.add(hit.form)

    def best(self) -> tuple[list[Hit], int]:
        hits = _with_distances(list(self.kept.values()), self.filters.near)
        hits.sort(key=lambda one: (-one.score, len(one.form), one.form, one.distance_m or 0, one.key))
        hits = _the_same_later(hits)
        if self.filters.by_distance or (self.filters.near is not None and hits and hits[0].how == LISTED):
            far = float("inf")
            hits.sort(key=lambda one: (one.how in _GUESSED, far if one.distance_m is None else one.distance_m))
        return hits[: self.limit], len(hits)


def _with_distances(hits: list[Hit], near: Near | None) -> list[Hit]:
    located = [at for at, one in enumerate(hits) if one.at is not None]
    if near is None or not located:
        return hits
    ends = np.array([hits[at].at for at in located])
    metres, _azimuth = inverse(np.tile((near.lon, near.lat), (len(ends), 1)), ends)
    for at, distance in zip(located, metres.tolist(), strict=True):
        hits[at] = replace(hits[at], distance_m=round(distance, 1))
    return hits


def _the_same_later(hits: list[Hit]) -> list[Hit]:
    """In order of score; of names that are merely alike each one once before any comes again."""
    seen: set[str] = set()
    found = []
    for one in hits:
        if one.how in _GUESSED and one.form in seen:
            found.append(replace(one, score=round(one.score - _AGAIN, 2)))
        else:
            found.append(one)
        seen.add(one.form)
    return sorted(found, key=lambda one: -one.score)


# --- probes ------------------------------------------------------------------------------------------------------------------


def _same(column: str) -> str:
    """Rows whose term is one of several, the important ones of each first, straight from the index."""
    return (
        f"SELECT {{columns}} FROM unnest(%(same)s::text[]) wanted, LATERAL (SELECT * FROM placenames_searchform"
        f" WHERE {column} = wanted AND {{filters}} ORDER BY {column}, importance DESC LIMIT {_TOP}) found"
    )


def _begins(column: str, values: str, *, rest: bool = True) -> list[str]:
    """Rows whose term begins with one of several: all important ones that fit, and some of the others."""
    span = f"{column} >= wanted AND {column} < wanted || '{_LAST}'"
    top = (
        f"SELECT {{columns}} FROM unnest(%({values})s::text[]) wanted, LATERAL (SELECT * FROM placenames_searchform"
        f" WHERE {span} AND importance >= {IMPORTANT_FROM} AND {{filters}}"
        f" ORDER BY importance DESC, length(term) LIMIT {_TOP}) found"
    )
    others = (
        f"SELECT {{columns}} FROM unnest(%({values})s::text[]) wanted, LATERAL (SELECT * FROM placenames_searchform"
        f" WHERE {span} AND importance < {IMPORTANT_FROM} AND {{filters}} LIMIT {_REST}) found"
    )
    return [top, others] if rest else [top]


def _holds(condition: str) -> list[str]:
    """Rows by their pieces: the important ones by a piece of their own, and some of the others."""
    return [
        f"SELECT {{columns}} FROM placenames_searchform WHERE pieces @> ARRAY[{IMPORTANT}] AND {condition} AND {{filters}}"
        f" ORDER BY importance DESC LIMIT {_TOP * 5}",
        f"SELECT {{columns}} FROM placenames_searchform WHERE {condition} AND {{filters}} LIMIT {_REST}",
    ]


# --- characters ----------------------------------------------------------------------------------------------------------------


def _by_characters(found: _Found, text: str) -> None:
    terms = keys.parted(text)
    # The name without its generic is a beginning of its own, so that no other beginning takes its rows.
    values = {"same": terms, "begins": [f"{text}{keys.BLANK}", *terms]}
    probes = [_same("term"), *_begins("term", "begins")]
    found.take(found.ask(probes, values), lambda row: _judge_term(row, text))
    if found.full:
        return
    wanted = [keys.gram(text)] if len(text) == 1 else [keys.gram(text[at : at + 2]) for at in range(len(text) - 1)]
    found.take(
        found.ask(_holds("pieces @> %(pieces)s::int[]"), {"pieces": wanted}),
        lambda row: (CONTAINS, -_longer(row, text)) if text in row.plain else None,
    )
    if found.full or len(text) < 2:
        return
    _by_sound(found, text)
    if not found.full:
        _by_nearness(found, text)


def _longer(row: Row, text: str) -> float:
    """A little less for every character beyond what was asked: less than a step of importance."""
    return min(0.9, (len(row.plain) - len(text)) / 20)


def _judge_term(row: Row, text: str) -> tuple[str, float]:
    whole, core = row.plain == text, row.core == text
    rewritten = 0.05 if folded(row.form) != row.form else 0  # of two scripts of one name the one of today
    if not whole and not core:
        return PREFIX, -_longer(row, text) - rewritten
    if row.kind == "standard":
        # 许昌 is 许昌市, and 陈州 rather the old 陈州 than 陈州社区.
        return (EXACT, 0) if whole else (NO_GENERIC, 0 if row.importance >= IMPORTANT_FROM else -_HAMLET)
    if row.kind in _OLD_KINDS:
        return HISTORIC, (0 if whole else -1) - rewritten
    return (FORM if whole else FORM_NO_GENERIC), -rewritten


def _by_sound(found: _Found, text: str) -> None:
    syllables = keys.syllables_of(text)
    if not syllables:
        return
    whole = "".join(syllables)
    tones = keys.tones_of(text)
    rows = found.ask(
        [_same("sound"), *_begins("sound", "core")],
        {"same": keys.parted_sound(syllables), "core": [f"{whole}{keys.BLANK}"]},
    )

    def judge(row: Row) -> tuple[str, float] | None:
        if len(row.plain) < len(text):
            return None
        alike = keys.tones_of(row.plain[: len(text)]) == tones
        return SOUND, (5 if len(row.plain) == len(text) else 0) + (3 if alike else 0)

    found.take(rows, judge)


def _by_nearness(found: _Found, text: str) -> None:
    """First what keeps all that was typed, or is all of it but one character, or looks like it; then what has another in its place.

    The former are few and found by exact keys. The latter are many for a short name (every 某集镇 for 备集镇) and share less with
    what was typed, so they come last and never crowd out the former.
    """
    fewer = [one for one in keys.one_left_out(text) if len(one) > 1]
    whole = [*fewer, *keys.mistaken(text)]
    same = [term for one in whole for term in keys.parted(one)]
    values: dict[str, Any] = {"same": same, "core": [f"{one}{keys.BLANK}" for one in whole], "pieces": [keys.near_key(text)]}
    probes = _holds("pieces @> %(pieces)s::int[]")
    if same:
        probes = [*probes, _same("term"), *_begins("term", "core")]
    found.take(found.ask(probes, values), lambda row: _judge_near(row, text))
    if not found.full:
        values, probes = _with_another_character(text)
        found.take(found.ask(probes, values), lambda row: _judge_near(row, text))


def _with_another_character(text: str) -> tuple[dict[str, Any], list[str]]:
    if len(text) < keys.LONG:
        return {"near": [keys.near_key(one) for one in keys.one_left_out(text)]}, _holds("pieces && %(near)s::int[]")
    # One mistake leaves one half of a long name whole.
    half = len(text) // 2
    values = {
        "left": [keys.gram(text[at : at + 2]) for at in range(half - 1)],
        "right": [keys.gram(text[at : at + 2]) for at in range(half + 1, len(text) - 1)],
    }
    return values, [*_holds("pieces @> %(left)s::int[]"), *_holds("pieces @> %(right)s::int[]")]


def _judge_near(row: Row, text: str) -> tuple[str, float] | None:
    for form, more in ((row.plain, 0.5), (row.core, 0.0)):
        likeness = keys.likeness(form, text)
        if likeness is not None:
            return NEAR, more + likeness
    return None


# --- letters -------------------------------------------------------------------------------------------------------------------


def _by_letters(found: _Found, typed: Letters, text: str) -> None:
    letters = typed.letters
    terms = keys.parted(letters)
    # Initials are a letter for each character; longer ones are hardly ever typed.
    initials = letters if len(letters) <= 8 else ""
    values = {"same": terms, "core": [f"{letters}{keys.BLANK}"]}
    found.take(found.ask([_same("sound"), *_begins("sound", "core")], values), lambda row: _judge_sound(row, typed))
    if initials and not found.full:
        found.take(
            found.ask([_same("initials"), *_begins("initials", "core", rest=False)], values),
            lambda row: (INITIALS, 0 if row.kind == "standard" else -2),
        )
    if not found.full and len(letters) > 1:
        found.take(
            found.ask(_begins("sound", "same"), values),
            lambda row: (PINYIN_PREFIX, 0 if row.kind == "standard" else -2) if _begins_in_tone(row, typed) else None,
        )
    if not found.full and text.isascii():
        found.take(found.ask([_same("term")], {"same": [text]}), lambda row: _judge_term(row, text))


def _judge_sound(row: Row, typed: Letters) -> tuple[str, float]:
    """Of other tones than were typed: as a mere sound. Another form than the standard one stands behind those that are."""
    sound = "".join(keys.syllables_of(row.plain))
    whole = sound == typed.letters
    if typed.tones:
        tones = keys.tones_of(row.plain if whole else row.core)
        if tones and tones != typed.tones.replace("5", ""):
            return SOUND, 0
    if row.kind in _OLD_KINDS:
        return HISTORIC, -1 if whole else -2
    if row.kind != "standard":
        return (FORM, -1) if whole else (FORM_NO_GENERIC, -1)
    return PINYIN, 0 if whole else -1 if row.importance >= IMPORTANT_FROM else -_HAMLET


def _begins_in_tone(row: Row, typed: Letters) -> bool:
    return not typed.tones or keys.tones_of(row.plain).startswith(typed.tones.replace("5", ""))


# --- nothing typed ---------------------------------------------------------------------------------------------------------------


def _by_filters(found: _Found) -> None:
    """What the filters alone select: the nearest, or the most important of a bounded number."""
    rows = "SELECT * FROM placenames_searchform WHERE {filters} AND kind <> 'former'"
    if (near := found.filters.near) is not None:
        point = f"ST_SetSRID(ST_MakePoint({near.lon!r}, {near.lat!r}), {CGCS2000})"
        probe = f"SELECT {{columns}} FROM ({rows} AND location IS NOT NULL ORDER BY location <-> {point} LIMIT {_TOP * 5}) found"
    else:
        probe = (
            f"SELECT {{columns}} FROM ({rows} LIMIT {_MANY}) found"
            f" ORDER BY importance DESC, length(term), term, place, division LIMIT {_TOP * 5}"
        )
    found.take(found.ask([probe], {}), lambda row: (LISTED, 0 if row.kind == "standard" else -1))


def timed(query: str, filters: Filters, limit: int) -> tuple[list[Hit], int, float]:
    started = time.perf_counter()
    hits, total = search(query, filters, limit)
    return hits, total, round((time.perf_counter() - started) * 1000, 2)


__all__ = ["LONGEST", "MOST", "Filters", "Hit", "Near", "Window", "search", "timed"]
