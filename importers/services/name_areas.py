"""Which division a text means (河南淮阳县县治), by the names of the register, today's before those of earlier days."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils import timezone

from boundaries.models import DivisionRecord, Level
from boundaries.rules.names import TOWNSHIP, VILLAGE, split


@dataclass
class Areas:
    """Names of the register, ready to be looked up. Two queries."""

    counties: dict[str, int] = field(default_factory=dict)
    lower: dict[tuple[int, str], int] = field(default_factory=dict)
    longest: int = 0

    def county_in(self, text: str) -> int | None:
        """The county (or, failing that, the prefecture) whose name `text` begins with; the longest name wins."""
        for length in range(min(self.longest, len(text)), 1, -1):
            if (found := self.counties.get(text[:length])) is not None:
                return found
        return None

    def below(self, parent: int, name: str, level: int) -> int | None:
        """The unit of that name directly under `parent`, whatever its generic term: 卫溪街道办事处 is 卫溪街道."""
        return self.lower.get((parent, _key(name, level)))


def _key(name: str, level: int) -> str:
    taken = split(name, level)
    return taken.key if level == VILLAGE else taken.proper.removesuffix("办事处")


def read_areas() -> Areas:
    found = Areas()
    today = timezone.localdate()
    # Today's records first, then the latest: a name that two units bore belongs to the one that bears it.
    for rank in (Level.COUNTY, Level.PREFECTURE):
        records = DivisionRecord.objects.current().filter(level=rank)
        for rows in (records.in_force(today), records.order_by("-valid")):
            for division, name, proper, kind in rows.values_list("division_id", "name", "proper_name", "type"):
                if kind in ("statistical", "unknown"):
                    continue
                for text in _spellings(name, proper):
                    found.counties.setdefault(text, division)
    lower = DivisionRecord.objects.current().filter(level__in=[TOWNSHIP, VILLAGE], parent__isnull=False).order_by("-valid")
    for division, name, level, parent in lower.values_list("division_id", "name", "level", "parent_id").iterator(chunk_size=5000):
        found.lower.setdefault((parent, _key(name, level)), division)
    found.longest = max(map(len, found.counties), default=0)
    return found


def _spellings(name: str, proper: str) -> Iterable[str]:
    """Texts speak of 淮阳县 when it is a district, and of 固始 for short; of a 专名 of one character only in full."""
    yield name
    if len(proper) > 1:
        yield proper
        for generic in ("县", "市", "区"):
            yield proper + generic
