"""Names whose spelling is open for want of a reading with a source, character by character."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from boundaries.models import Division, DivisionCode
from boundaries.querysets import subtree_ids
from gis.errors import InvalidInputError
from placenames.archive_subject import key_of
from placenames.models import Name, SpelledBy
from placenames.rules.kinds import kind_of_class
from placenames.rules.readings import HOME, UnreadableError, candidates
from placenames.rules.spelling import Spelling, spell

MOST = 20_000


@dataclass(frozen=True)
class OpenName:
    """`spelled` is the proposal, `open` its characters that nothing with a source decides."""

    key: str
    place: int | None
    division: int | None
    detail: int | None
    name: str
    place_class: str
    code: str
    area: int | None
    spelled: Spelling
    open: tuple[str, ...]

    @property
    def alone(self) -> bool:
        """Whether deciding one character settles the name."""
        return len(self.open) == 1


@dataclass(frozen=True)
class OpenCharacter:
    char: str
    readings: tuple[str, ...]
    names: tuple[OpenName, ...]


def open_names(area: Division | int, today: date) -> list[OpenName]:
    """Of today's names in an area. Raises `InvalidInputError` (area_too_large) beyond `MOST` names."""
    within = list(subtree_ids(area.pk if isinstance(area, Division) else area, today))
    names = (
        Name.objects.current()
        .filter(Q(division__in=within) | Q(division=None, area__in=within), valid__contains=today)
        .filter(Q(spelled_by="") | Q(spelled_by=SpelledBy.PROPOSED))
        .exclude(name=None)
        .defer("location")
        .order_by("name", "pk")
    )
    if names[: MOST + 1].count() > MOST:
        raise InvalidInputError("area_too_large", _("范围太大，请选一个县或市。"))
    rows = list(names)
    codes = _codes({one.division_id or one.area_id for one in rows})
    found = []
    for one in rows:
        code = one.code[:6] or codes.get(one.division_id or one.area_id or 0, "")[:6] or HOME
        try:
            spelled = spell(one.name, kind_of_class(one.place_class), code)
        except UnreadableError:
            continue
        open_here = tuple(dict.fromkeys(syllable.char for syllable in spelled.syllables if not syllable.settled))
        if open_here:
            key = key_of("D", one.division_id) if one.division_id else key_of("P", one.place_id or 0)
            found.append(
                OpenName(
                    key, one.place_id, one.division_id, one.detail_id, one.name, one.place_class, code,
                    one.division_id or one.area_id, spelled, open_here,
                )
            )  # fmt: skip
    return found


def by_character(names: list[OpenName]) -> list[OpenCharacter]:
    """The most frequent first."""
    held: dict[str, list[OpenName]] = defaultdict(list)
    for one in names:
        for char in one.open:
            held[char].append(one)
    ordered = sorted(held.items(), key=lambda item: (-len(item[1]), item[0]))
    return [OpenCharacter(char, _readings(char, some), tuple(some)) for char, some in ordered]


def _readings(char: str, names: list[OpenName]) -> tuple[str, ...]:
    """What the dictionaries and the sources know of it; what is proposed first."""
    told = [one.reading for name in names[:50] for one in name.spelled.syllables if one.char == char]
    others = [other for name in names[:50] for one in name.spelled.syllables if one.char == char for other in one.alternatives]
    return tuple(dict.fromkeys([*told, *others, *candidates(char)]))


def _codes(divisions: set[int | None]) -> dict[int, str]:
    rows = DivisionCode.objects.current().filter(division__in=divisions - {None}, valid__upper_inf=True).order_by("authority")
    found: dict[int, str] = {}
    for division, code in rows.values_list("division_id", "code"):
        found.setdefault(division, code)
    return found
