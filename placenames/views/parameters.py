"""What addresses of names carry: a year."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext as _

from gis.errors import InvalidInputError

EARLIEST, LATEST = -3000, 9998


def year_of(request: HttpRequest) -> int | None:
    """?year=: a whole number, negative before the common era, never 0; None where none is asked for."""
    text = request.GET.get("year", "").strip().replace("−", "-")
    if not text:
        return None
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) < 6 and int(text) and EARLIEST <= int(text) <= LATEST):
        raise InvalidInputError("bad_year", _("年份应为整数，公元前用负数，没有 0 年。"))
    return int(text)
