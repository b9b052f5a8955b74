"""地名标志设置率: the share of wanted places where a sign stands, for the standards of establishment (STD-GEN-04).

Told only of townships under a ledger: an office has said that its register of signs is complete there from a day on. A register
that is filled half would tell a rate that is none.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import date
from fractions import Fraction
from typing import Final

from django.core.cache import cache
from django.db import connection
from django.utils.translation import gettext as _

from boundaries.querysets import lines_of
from boundaries.rules.indicators import IndicatorValue
from placenames.models import SignLedger
from placenames.signs.gaps import Rate, analyse

INDICATOR: Final = "sign_setting_rate"
_SECONDS: Final = 3600

# What the rate rests on: every write to these changes the answer.
_REVISION: Final = """
    SELECT (SELECT (count(*), max(changed_at))::text FROM placenames_sign),
           (SELECT (count(*), max(lower(recorded)), max(upper(recorded)))::text FROM placenames_placenamerecord),
           (SELECT (count(*), max(lower(recorded)), max(upper(recorded)))::text FROM boundaries_divisionrecord),
           (SELECT (count(*), max(lower(recorded)), max(upper(recorded)))::text FROM placenames_signtypeedition)
"""


def rates(divisions: Collection[int], on: date) -> dict[int, IndicatorValue]:
    """The provider of `boundaries.computed_indicators`."""
    ledgers = {one.area_id: one for one in SignLedger.objects.filter(recorded__upper_inf=True, since__lte=on)}
    if not ledgers:
        return {}
    found: dict[int, IndicatorValue] = {}
    above = lines_of(divisions, on)
    for division in divisions:
        area = next((unit for unit, _name, _level in above.get(division, ()) if unit in ledgers), None)
        if area is None:
            continue
        rate = of_townships(area, on).get(division)
        if rate is not None and rate.wanted:
            words = _("地名标志台账：应设 %(wanted)d 处，已设 %(set)d 处（%(basis)s）")
            told = words % {"wanted": rate.wanted, "set": rate.set, "basis": ledgers[area].basis}
            found[division] = IndicatorValue(
                value=Fraction(100 * rate.set, rate.wanted), unit="%", year=on.year, source=told, computed=True
            )
    return found


def of_townships(area: int, on: date) -> dict[int, Rate]:
    """Of every township under `area`; from memory while nothing that it rests on was written."""
    with connection.cursor() as cursor:
        cursor.execute(_REVISION)
        state = repr((area, on, cursor.fetchone()))
    key = f"signs:{hashlib.sha256(state.encode()).hexdigest()}"
    held: dict[int, tuple[int, int]] | None = cache.get(key)
    if held is None:
        held = {one: (rate.wanted, rate.set) for one, rate in analyse(area, on).townships.items()}
        cache.set(key, held, _SECONDS)
    return {one: Rate(*counts) for one, counts in held.items()}
