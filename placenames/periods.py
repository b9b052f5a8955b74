"""Periods of history as people ask for them. Years half-open, negative before the common era, no year 0.

The usual dates of the dynasties; where two ran side by side the period is from the first of the first to the last of the last.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_EARLIEST, _LATEST = -9999, 9999


@dataclass(frozen=True, slots=True)
class Period:
    key: str
    label: Promise
    years: tuple[int, int]


PERIODS: Final = (
    Period("before_qin", _("先秦（前221年以前）"), (_EARLIEST, -221)),
    Period("qin_han", _("秦汉（前221年至220年）"), (-221, 221)),
    Period("wei_jin", _("魏晋南北朝（220年至589年）"), (220, 590)),
    Period("sui_tang", _("隋唐五代（581年至960年）"), (581, 961)),
    Period("song_jin", _("宋辽金（960年至1279年）"), (960, 1280)),
    Period("yuan", _("元（1271年至1368年）"), (1271, 1369)),
    Period("ming", _("明（1368年至1644年）"), (1368, 1645)),
    Period("qing", _("清（1644年至1911年）"), (1644, 1912)),
    Period("republic", _("民国（1912年至1949年）"), (1912, 1950)),
    Period("today", _("1949年以来"), (1949, _LATEST)),
)
BY_KEY: Final = {one.key: one for one in PERIODS}
