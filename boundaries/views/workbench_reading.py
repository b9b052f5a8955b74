"""What the workbench's program sends: JSON with acts and drawn shapes, nothing of it taken on trust."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import date
from functools import wraps
from typing import Any

from django.contrib.gis.geos import GEOSGeometry, LineString, MultiPolygon, Polygon
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from boundaries.services.decisions import ActEntry
from boundaries.views.parameters import parse
from gis.crs import CGCS2000
from gis.errors import DomainError, InvalidInputError, NotLoggedInError

MOST_BYTES = 2 * 1024 * 1024
# A line drawn by hand has some dozens of vertices, one taken over from a survey some thousands.
MOST_VERTICES = 10_000
_DEEPEST = 12


def json_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A POST address for a person who is logged in; the view gets the body as a dict, errors answer as JSON."""

    @require_POST
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            if not request.user.is_authenticated:
                raise NotLoggedInError("not_logged_in", gettext_lazy("登录已过期，请重新登录。"))
            return view(request, _body(request), *args, **kwargs)
        except DomainError as error:
            return JsonResponse({"error": error.as_dict()}, status=error.status)

    return guarded


def _body(request: HttpRequest) -> dict[str, Any]:
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdigit() or int(length) > MOST_BYTES:
        raise InvalidInputError("too_large", _("送来的内容过大，最多%(most)d MB。") % {"most": MOST_BYTES // 1024**2})
    try:
        found = json.loads(request.body or b"null", parse_constant=_no_number)
        _ensure_plain(found)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError("bad_json", _("送来的内容不是所约定的 JSON。")) from error
    if not isinstance(found, dict):
        raise InvalidInputError("bad_json", _("送来的内容不是所约定的 JSON。"))
    return found


def _no_number(name: str) -> float:
    raise ValueError(name)


def _ensure_plain(value: Any) -> None:
    """No text that PostgreSQL cannot keep, no infinite number, no depth that only an attack needs."""
    pending = [(value, 0)]
    while pending:
        one, depth = pending.pop()
        if depth > _DEEPEST:
            raise ValueError("too deep")
        if isinstance(one, dict):
            pending += [(part, depth + 1) for pair in one.items() for part in pair]
        elif isinstance(one, list):
            pending += [(part, depth + 1) for part in one]
        elif isinstance(one, str):
            if "\0" in one or any("\ud800" <= letter <= "\udfff" for letter in one):
                raise ValueError("unkeepable text")
        elif isinstance(one, float) and not math.isfinite(one):
            raise ValueError("infinite")


def day_in(body: dict[str, Any], name: str = "day") -> date:
    value = body.get(name)
    return parse(value if isinstance(value, str) else "")


def whole_in(body: dict[str, Any], name: str) -> int:
    value = body.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**63:
        raise _wrong(name)
    return value


def text_in(body: dict[str, Any], name: str) -> str:
    value = body.get(name, "")
    if not isinstance(value, str):
        raise _wrong(name)
    return value


def acts_in(body: dict[str, Any], name: str = "acts") -> list[ActEntry]:
    """``[{"kind", "data", "geometry": GeoJSON | null}]``; `data` is looked into by boundaries.changes.reading."""
    value = body.get(name)
    if not isinstance(value, list):
        raise _wrong(name)
    return [_act(one, position) for position, one in enumerate(value)]


def _act(one: Any, position: int) -> ActEntry:
    if not isinstance(one, dict) or not isinstance(one.get("kind"), str) or not isinstance(one.get("data"), dict):
        raise _wrong("acts", act=position)
    return ActEntry(one["kind"], one["data"], shape_in(one.get("geometry"), act=position))


def shape_in(value: Any, **details: Any) -> GEOSGeometry | None:
    """A line or an area as GeoJSON, in CGCS2000 degrees; None for none."""
    if value is None:
        return None
    try:
        if not isinstance(value, dict):
            raise TypeError(value)
        return _made(value.get("type"), value.get("coordinates"))
    except _TooManyError as error:
        message = _("所画的线或面有%(count)d个点，最多%(most)d个。") % {"count": error.args[0], "most": MOST_VERTICES}
        raise InvalidInputError("too_many_vertices", message, **details) from error
    except (TypeError, ValueError, KeyError) as error:
        raise InvalidInputError("bad_geometry", _("所画的不是有效的线或面。"), **details) from error


class _TooManyError(Exception):
    pass


def _made(kind: Any, coordinates: Any) -> GEOSGeometry:
    if kind == "LineString":
        return LineString(_places([coordinates])[0], srid=CGCS2000)
    if kind == "Polygon":
        return Polygon(*_places(coordinates), srid=CGCS2000)
    if kind == "MultiPolygon" and isinstance(coordinates, list):
        return MultiPolygon(*(Polygon(*_places(one)) for one in coordinates), srid=CGCS2000)
    raise ValueError(kind)


def _places(lines: Any) -> list[list[tuple[float, float]]]:
    if not isinstance(lines, list) or not lines or not all(isinstance(line, list) for line in lines):
        raise ValueError("no coordinates")
    count = sum(len(line) for line in lines)
    if count > MOST_VERTICES:
        raise _TooManyError(count)
    return [[_place(one) for one in line] for line in lines]


def _place(one: Any) -> tuple[float, float]:
    if not isinstance(one, list) or len(one) not in (2, 3) or not all(type(part) in (int, float) for part in one):
        raise ValueError("no place")
    lon, lat = float(one[0]), float(one[1])
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise ValueError("off the Earth")
    return lon, lat


def _wrong(name: str, **details: Any) -> InvalidInputError:
    return InvalidInputError(
        "bad_field", _("“%(name)s”缺少或填写有误。") % {"name": name}, fields={name: [_("填写有误")]}, **details
    )
