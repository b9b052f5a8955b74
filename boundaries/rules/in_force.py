"""Since when a text applies. A decision is held against the text of its own day, never against a later one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Enactment:
    """A regulation in force from `begins` (None: the beginning was not seen) until the day before `ends`."""

    title: str
    number: str
    begins: date | None
    ends: date | None = None

    def applies_on(self, day: date) -> bool:
        return (self.begins is None or self.begins <= day) and (self.ends is None or day < self.ends)


DIVISIONS = Enactment("行政区划管理条例", "国务院令第704号", date(2019, 1, 1))
CODES = Enactment("行政区划代码管理办法", "民政部令第79号", date(2025, 9, 1))
HENAN_PLACE_NAMES_2013 = Enactment("河南省地名管理办法", "河南省人民政府令第156号", None, date(2025, 11, 12))
HENAN_PLACE_NAMES_2025 = Enactment("河南省地名管理办法", "河南省人民政府令第234号", date(2025, 11, 12))


def henan_place_name_rules(accepted_on: date) -> Enactment:
    """The provincial rules for an application accepted on that day."""
    return next(one for one in (HENAN_PLACE_NAMES_2025, HENAN_PLACE_NAMES_2013) if one.applies_on(accepted_on))
