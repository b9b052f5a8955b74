"""Names by the statistics of a real list, and queries made from real names by stated perturbations. Reproducible: one seed."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from opencc import OpenCC

from boundaries.rules.names import split
from placenames.rules.search_keys import folded, lookalikes, sounds_close, syllables_of
from placenames.search_filters import Filters
from placenames.services.search_index import STANDARD, Form, importance_of

FIVE_LEVELS: Final = "divisions_vonng_2016/henan_divisions_2016_5level.csv"
HISTORIC: Final = "placenames_chgis_tgaz/henan_historic_placenames.csv"
_CLASS: Final = {1: "21200", 2: "21300", 3: "21400", 4: "21500", 5: "21610"}
_GENERATED: Final = (("村", "22200", 40), ("", "22200", 30), ("路", "23514", 10), ("街", "23514", 5), ("巷", "23514", 3),
                     ("山", "12200", 4), ("沟", "12300", 4), ("桥", "23600", 4))  # fmt: skip
EVER: Final = (-9999, 9999)
_OF_TODAY: Final = (1949, 9999)


ANY: Final = Filters()


@dataclass(frozen=True)
class Real:
    """`parent`: its number in the list, from 1."""

    name: str
    proper: str
    level: int
    parent: int | None = None


@dataclass(frozen=True)
class Question:
    """`answer`: the name, folded, that has to be among the first ten. `filters`: what is asked for besides the text."""

    text: str
    answer: str
    filters: Filters = ANY


def real_names(shared: Path) -> list[Real]:
    with (shared / FIVE_LEVELS).open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found: list[Real] = []
    above: dict[str, int | None] = {}
    for row in rows:
        name, level, parent = row["name"], int(row["rank"]), above.get(row["parent"])
        if name in ("市辖区", "省直辖县级行政区划"):
            above[row["code"]] = parent
            continue
        found.append(Real(name, split(name, level).proper, level, parent))
        above[row["code"]] = len(found)
    return found


def historic_names(shared: Path) -> list[str]:
    with (shared / HISTORIC).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    return [plain for row in rows if (plain := row["names_zh(traditional|simplified)"].partition("|")[2]) and "[" not in plain]


def forms(real: list[Real], old: list[str], count: int) -> Iterator[Form]:
    """The real names, then generated ones: the head of one real name's 专名 and the tail of another's, with a generic by weight."""
    for at, one in enumerate(real):
        kind = _CLASS[one.level]
        yield Form(None, at + 1, at + 1, one.name, one.proper, STANDARD, kind, EVER, 0, importance_of(kind))
    for at, name in enumerate(old):
        yield Form(at + 1, None, None, name, "", "historic", "21400", (600, 700), 0, importance_of("21400", historic=True))
    chance, places, lies = random.Random(41), random.Random(43), random.Random(45)
    areas = [at for at, one in enumerate(real, 1) if one.level >= 4]
    propers = [one.proper for one in real if 2 <= len(one.proper) <= 4]
    weights = [weight for _generic, _kind, weight in _GENERATED]
    base = len(old)
    for at in range(count - len(real) - len(old)):
        head, tail = chance.choice(propers), chance.choice(propers)
        proper = head[: chance.randint(1, 2)] + tail[-chance.randint(1, 2) :]
        generic, kind, _weight = chance.choices(_GENERATED, weights)[0]
        at_lon, at_lat = places.uniform(110.4, 116.6), places.uniform(31.4, 36.3)
        importance = importance_of(kind)
        area = lies.choice(areas)
        name = proper + generic
        yield Form(base + at + 1, None, area, name, proper, STANDARD, kind, _OF_TODAY, 0, importance, "", at_lon, at_lat)


def questions(real: list[Real], old: list[str], each: int) -> dict[str, list[Question]]:
    chance = random.Random(42)
    known = {folded(one.name) for one in real} | {folded(one.proper) for one in real}
    towns = [one for one in real if one.level in (3, 4)]
    characters = sorted({character for one in real for character in one.proper})
    by_sound: dict[str, list[str]] = {}
    for character in characters:
        for sound in syllables_of(character):
            by_sound.setdefault(sound, []).append(character)
    known_characters = set(characters)
    to_traditional = OpenCC("s2t").convert

    def other(text: str, choose: Callable[[str], list[str]]) -> str:
        at = chance.randrange(len(text))
        others = [one for one in choose(text[at]) if one != text[at]]
        return text[:at] + chance.choice(others) + text[at + 1 :] if others else ""

    def homophone(one: Real) -> str:
        core = one.proper
        made = other(core, lambda character: by_sound.get("".join(syllables_of(character)), []))
        return made + one.name[len(core) :] if made and syllables_of(made) == syllables_of(core) else ""

    def typo(one: Real) -> str:
        made = other(one.proper, lambda _character: characters)
        return made + one.name[len(one.proper) :] if len(one.name) > 2 else ""

    def slip(one: Real) -> str:
        """A wrong character as people write one: it looks like the right one, or begins or ends its syllable alike."""
        made = other(one.proper, lambda character: sorted(lookalikes().get(character, frozenset()) & known_characters)
                     or [other for other in characters if sounds_close(character, other)])  # fmt: skip
        return made + one.name[len(one.proper) :] if made and len(one.name) > 2 else ""

    makers: dict[str, tuple[list[Real], Callable[[Real], str]]] = {
        "1 character": ([one for one in real if len(one.proper) == 1 and one.level <= 4], lambda one: one.proper),
        "2 characters": ([one for one in towns if len(one.proper) == 2], lambda one: one.proper),
        "3 characters": ([one for one in towns if len(one.name) == 3], lambda one: one.name),
        "5 characters": ([one for one in real if len(one.name) == 5], lambda one: one.name),
        "traditional": ([one for one in towns if to_traditional(one.name) != one.name], lambda one: to_traditional(one.name)),
        "pinyin": (towns, lambda one: "".join(syllables_of(folded(one.proper)))),
        "initials": ([one for one in real if one.level <= 3 and len(one.proper) > 1],
                     lambda one: "".join(part[0] for part in syllables_of(folded(one.proper)))),
        "homophone": (towns, homophone),
        "typo": (towns, typo),
        "missing": ([one for one in towns if len(one.name) > 3], lambda one: one.name[:1] + one.name[2:]),
        "extra": ([one for one in towns if len(one.name) > 2], lambda one: one.name[:1] + chance.choice(characters) + one.name[1:]),
        "no generic": ([one for one in towns if one.proper != one.name], lambda one: one.proper),
        "slip": (towns, slip),
    }  # fmt: skip
    found: dict[str, list[Question]] = {}
    for kind, (pool, make) in makers.items():
        rows = []
        for one in chance.sample(pool, len(pool)):
            text = make(one)
            # A perturbed name that is a real one means that one.
            if text and not (kind in ("homophone", "slip", "typo", "missing", "extra") and folded(text) in known):
                rows.append(Question(text, folded(one.name)))
            if len(rows) == each:
                break
        found[kind] = rows
    found["historic"] = [Question(name, folded(name)) for name in chance.sample(sorted(set(old)), each)]
    return found


def filtered(real: list[Real], old: list[str], each: int) -> dict[str, list[Question]]:
    """Villages asked for by what many others are called too, where they lie: in their town, their county, their prefecture; among
    villages alone. Old names by their first character, of their time.
    """
    chance = random.Random(46)
    below: dict[int, list[int]] = {}
    for at, one in enumerate(real, 1):
        below.setdefault(one.parent or 0, []).append(at)

    def areas(at: int) -> frozenset[int]:
        return frozenset([at]).union(*(areas(one) for one in below.get(at, ())))

    def above(at: int, level: int) -> int:
        while real[at - 1].level > level:
            at = real[at - 1].parent or 0
        return at

    def sound(one: Real) -> str:
        return "".join(syllables_of(folded(one.proper)))

    def wrong(one: Real) -> str:
        return one.proper[:-1] + chance.choice("王李张庄营") + one.name[len(one.proper) :]

    villages = [at for at, one in enumerate(real, 1) if one.level == 5 and len(one.proper) == 2]
    within: dict[int, frozenset[int]] = {}
    found: dict[str, list[Question]] = {}
    makers: dict[str, tuple[int | None, Callable[[Real], str]]] = {
        "1 in a town": (4, lambda one: one.proper[0]), "2 in a town": (4, lambda one: one.proper),
        "pinyin in a town": (4, sound), "wrong in a town": (4, wrong),
        "1 in a county": (3, lambda one: one.proper[0]), "2 in a county": (3, lambda one: one.proper),
        "pinyin in a county": (3, sound), "wrong in a county": (3, wrong),
        "2 in a prefecture": (2, lambda one: one.proper), "2, villages alone": (None, lambda one: one.proper),
    }  # fmt: skip
    for kind, (level, make) in makers.items():
        rows = []
        for at in chance.sample(villages, each):
            place = above(at, level) if level is not None else 0
            if place and place not in within:
                within[place] = areas(place)
            filters = Filters(areas=within[place]) if place else Filters(classes=("216",))
            rows.append(Question(make(real[at - 1]), folded(real[at - 1].name), filters))
        found[kind] = rows
    tang = Filters(years=(618, 907))
    found["1 of the Tang"] = [Question(name[0], folded(name), tang) for name in chance.sample(sorted(set(old)), each)]
    return found
