"""Which village belonged to which township when: the legal history of the demo county and the codes that follow from it.

2011 two hill townships merge; 2016 a township becomes a town (撤乡设镇: another division with another code, CODE-03, CODE-04);
2019 a village moves to a sub-district. One village is an exclave (飞地) of its township from the first day on.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from boundaries.demo.geometry import Village
from boundaries.demo.model import DemoCode, DemoDecision
from boundaries.demo.names import TOWNSHIPS

START = date(2000, 1, 1)
MERGED, CONVERTED, MOVED = date(2011, 6, 1), date(2016, 4, 1), date(2019, 10, 1)

_APPROVER = "演示民政机关（虚构）"
MERGER = DemoDecision("演民行批〔2011〕6号", "演示：同意撤销岚坡乡、石碾坪乡，合并设立望岫乡", _APPROVER, date(2011, 5, 18), MERGED)
CONVERSION = DemoDecision(
    "演民行批〔2016〕3号", "演示：同意撤销南畴乡，设立南畴镇，实行镇管村体制", _APPROVER, date(2016, 3, 21), CONVERTED
)

SUBDISTRICTS = ("yuyang", "guantu")
# Sub-districts would gain an urban enclave far out, and the townships of the other two events have history enough.
_NO_EXCLAVE = frozenset({*SUBDISTRICTS, "lanpo", "shinianping", "nanchou"})

# Legal codes of the township level in order: 001–099 sub-districts, 100–199 towns, 200–399 townships (CODE-02). 417021 can
# be no real county: 70 was never given to a prefecture of Henan, and no prefecture bears the number.
PREFECTURE_CODE, COUNTY_CODE, NEIGHBOUR_CODE = "417000", "417021", "417022"
_MCA = {
    "yuyang": 1, "guantu": 2, "yunduo": 100, "liaoxu": 101, "zheting": 102, "jiuyuan": 103, "nanchou_town": 104,
    "chunping": 200, "lanpo": 201, "shinianping": 202, "qingruo": 203, "nanchou": 204, "weibo": 205, "yuwu": 206,
    "mailong": 207, "shayu": 208, "wangxiu": 209,
}  # fmt: skip
# Where statistics number otherwise than the law, as they do in real life (CODE-08).
_NBS = _MCA | {"guantu": 400, "nanchou_town": 105}

LIFETIMES: dict[str, tuple[date, date | None]] = dict.fromkeys(_MCA, (START, None)) | {
    "lanpo": (START, MERGED),
    "shinianping": (START, MERGED),
    "wangxiu": (MERGED, None),
    "nanchou": (START, CONVERTED),
    "nanchou_town": (CONVERTED, None),
}
_SUCCESSORS = {"lanpo": (MERGED, "wangxiu"), "shinianping": (MERGED, "wangxiu"), "nanchou": (CONVERTED, "nanchou_town")}


@dataclass(frozen=True, slots=True)
class Membership:
    """A village's township from a day on."""

    since: date
    township: str


@dataclass(frozen=True, slots=True)
class History:
    """memberships: for each village in the order of the ground. transfer: the decision on the village that moved."""

    memberships: tuple[tuple[Membership, ...], ...]
    exclave: int
    exclave_host: str
    moved: int
    moved_from: str
    moved_to: str
    transfer: DemoDecision

    @property
    def decisions(self) -> tuple[DemoDecision, ...]:
        return MERGER, CONVERSION, self.transfer

    def members(self, township: str, day: date) -> tuple[int, ...]:
        """The villages of a township on a day."""
        return tuple(number for number, spans in enumerate(self.memberships) if _township_on(spans, day) == township)

    def changes(self, township: str) -> list[date]:
        """The days on which the territory of a township began to be what it was, its first day included."""
        first, last = LIFETIMES[township]
        days = {first} | {span.since for spans in self.memberships for span in spans if span.since > first}
        kept: list[date] = []
        for day in sorted(day for day in days if last is None or day < last):
            if not kept or self.members(township, day) != self.members(township, kept[-1]):
                kept.append(day)
        return kept


def write_history(villages: Sequence[Village], names: Sequence[str]) -> History:
    """Choose the exclave and the village that moves, and follow every village through the years.

    names: full name of each village, for the title of the decision. Raises ValueError when a ground offers no
    village fit for it.
    """
    home = [village.township for village in villages]
    exclave, owner = _choose_exclave(villages, home)
    host, home[exclave] = home[exclave], owner
    moved, target = _choose_transfer(villages, home, host, owner)
    memberships = []
    for number, township in enumerate(home):
        spans = [Membership(START, township)]
        if township in _SUCCESSORS:
            spans.append(Membership(*_SUCCESSORS[township]))
        if number == moved:
            spans.append(Membership(MOVED, target))
        memberships.append(tuple(spans))
    leaving, arriving = ("".join(TOWNSHIPS[key]) for key in (home[moved], target))
    title = f"演示：同意将{leaving}{names[moved]}划归{arriving}管辖"
    decision = DemoDecision("演民行批〔2019〕8号", title, _APPROVER, date(2019, 9, 12), MOVED)
    return History(tuple(memberships), exclave, host, moved, home[moved], target, decision)


def _choose_exclave(villages: Sequence[Village], home: Sequence[str]) -> tuple[int, str]:
    """The smallest village that lies wholly within its township, and the neighbouring township it is to belong to."""
    found = []
    for number, village in enumerate(villages):
        host = home[number]
        if (
            village.is_township_seat
            or host in _NO_EXCLAVE
            or any(not 0 <= k < len(home) or home[k] != host for k in village.neighbours)
        ):
            continue
        rest = {k for k in range(len(villages)) if home[k] == host} - {number}
        around = {home[k] for member in rest for k in villages[member].neighbours if 0 <= k < len(home)}
        owners = sorted(around - {host} - _NO_EXCLAVE)
        if owners and _connected(villages, rest):
            found.append((village.area, number, owners[0]))
    if not found:
        raise ValueError("no village lies wholly within a township")
    _, number, owner = min(found)
    return number, owner


def _choose_transfer(villages: Sequence[Village], home: Sequence[str], *apart: str) -> tuple[int, str]:
    """A village beside a sub-district, the one with the most urban neighbours, whose township stays in one piece without it."""
    found = []
    for number, village in enumerate(villages):
        source = home[number]
        if village.is_township_seat or source in (*SUBDISTRICTS, *apart, *_SUCCESSORS):
            continue
        urban = [home[k] for k in village.neighbours if 0 <= k < len(home) and home[k] in SUBDISTRICTS]
        rest = {k for k in range(len(villages)) if home[k] == source} - {number}
        if urban and _connected(villages, rest):
            found.append((-len(urban), village.area, number, max(sorted(set(urban)), key=urban.count)))
    if not found:
        raise ValueError("no village beside a sub-district can be moved")
    *_, number, target = min(found)
    return number, target


def _connected(villages: Sequence[Village], members: set[int]) -> bool:
    reached, edge = set[int](), {min(members)}
    while edge:
        reached |= edge
        edge = {k for number in edge for k in villages[number].neighbours if k in members} - reached
    return reached == members


def _township_on(spans: Sequence[Membership], day: date) -> str | None:
    return next((span.township for span in reversed(spans) if span.since <= day), None)


def township_codes(township: str) -> tuple[DemoCode, ...]:
    """The legal and the statistical code of a township-level division."""
    since, until = LIFETIMES[township]
    return (
        DemoCode("mca", f"{COUNTY_CODE}{_MCA[township]:03d}", since, until),
        DemoCode("nbs", f"{COUNTY_CODE}{_NBS[township]:03d}", since, until),
    )


def village_codes(history: History, urban: Sequence[bool]) -> list[tuple[DemoCode, ...]]:
    """Twelve digits for each village: its township's statistical code and 001–199 for 居委会, 200–399 for 村委会 (CODE-09).

    A village that comes to another township gets the next free number there; numbers are not used again. Villages have no
    legal code.
    """
    used: dict[tuple[str, bool], int] = defaultdict(int)
    codes: list[list[DemoCode]] = [[] for _ in urban]
    entries = sorted(
        (span.since, number, order) for number, spans in enumerate(history.memberships) for order, span in enumerate(spans)
    )
    for since, number, order in entries:
        spans = history.memberships[number]
        township = spans[order].township
        serial = used[township, urban[number]] + (1 if urban[number] else 200)
        used[township, urban[number]] += 1
        until = spans[order + 1].since if order + 1 < len(spans) else None
        codes[number].append(DemoCode("nbs", f"{COUNTY_CODE}{_NBS[township]:03d}{serial:03d}", since, until))
    return [tuple(own) for own in codes]
