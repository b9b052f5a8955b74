"""What telephones send, read field by field: nothing is taken on trust, and what cannot be read is None or refused in words."""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any, Final

from django.contrib.gis.geos import Point
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from gis.accounts.access import signed_in
from gis.crs import CGCS2000
from gis.errors import InvalidInputError
from gis.files.models import StoredFile

LARGEST_WORDS: Final = 64 * 1024
# Clocks are wrong by years and are taken as they are; beyond these no calendar of the database and of Python agrees.
YEARS: Final = (1970, 2200)


def words_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of the body."""
    if len(request.body) > LARGEST_WORDS:
        raise InvalidInputError("words_too_large", _("填写的内容过大。"))
    try:
        found = json.loads(request.body)
        json.dumps(found, ensure_ascii=False).encode()  # half a character of UTF-16 is no text
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("bad_json", _("内容不是 JSON。")) from error
    if not isinstance(found, dict):
        raise InvalidInputError("bad_json", _("内容不是 JSON。"))
    return found


def file_of(request: HttpRequest, purpose: str) -> UploadedFile | StoredFile:
    """`file` itself, or in `stored` the number of one that the same person sent ahead in chunks."""
    stored = number(request.POST.get("stored"))
    if stored is not None:
        found = StoredFile.objects.filter(pk=stored, purpose=purpose, uploader=signed_in(request)).first()
        if found is None:
            raise InvalidInputError("file_unknown", _("没有找到先传的文件，请重新上传。"))
        return found
    given = request.FILES.get("file")
    if given is None:
        raise InvalidInputError("file_missing", _("没有收到文件。"))
    return given


def number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 16 else None


def position(given: Any) -> Point | None:
    """[longitude, latitude] of EPSG:4490 (what devices give as WGS 84 is the same on the ground). Raises `ValueError`."""
    if given is None:
        return None
    values = [metres(one) for one in given] if isinstance(given, list) else []
    if len(values) != 2 or values[0] is None or values[1] is None or abs(values[0]) > 180 or abs(values[1]) > 90:
        raise ValueError("not a position")
    return Point(values[0], values[1], srid=CGCS2000)


def metres(given: Any) -> float | None:
    if isinstance(given, bool) or not isinstance(given, int | float):
        return None
    try:
        found = float(given)
    except OverflowError:
        return None
    return found if math.isfinite(found) else None


def moment(given: Any) -> datetime | None:
    """ISO 8601 with a zone. Raises `ValueError`."""
    if given in (None, ""):
        return None
    found = parse_datetime(str(given))
    if found is None or timezone.is_naive(found) or not YEARS[0] <= found.year <= YEARS[1]:
        raise ValueError("not a moment")
    return found


def fresh(told: dict[str, Any]) -> JsonResponse:
    """An answer that nobody keeps in between."""
    response = JsonResponse(told)
    response["Cache-Control"] = "no-store"
    return response
