"""The agreed line of the register as matching wants it: its geometry with the register's chainage, and its markers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.boundary_lines import LineOnDay, line_on
from boundaries.matching import Line, Marker, MatchError
from gis.errors import InvalidInputError, NotFoundError


@dataclass(frozen=True)
class AgreedLine:
    """Markers without a position are not among `markers`."""

    code: str
    line: Line
    markers: tuple[Marker, ...]


def agreed_line(code: str, day: date | None = None) -> AgreedLine:
    """The line as it is on a day (today).

    Raises `NotFoundError`: unknown_line; `InvalidInputError`: line_without_geometry, and those of `Line.as_registered`.
    """
    try:
        return of_line(line_on(code, day))
    except NotFoundError as error:
        raise NotFoundError("unknown_line", error.message) from error


def of_line(line: LineOnDay) -> AgreedLine:
    """Of a line that has been read. Raises `InvalidInputError` as `agreed_line` does."""
    if line.geometry is None:
        raise InvalidInputError("line_without_geometry", _("界线“%(name)s”没有登记位置，无法匹配。") % {"name": line.name})
    try:
        geometry = Line.as_registered(line.geometry)
    except MatchError as error:
        raise InvalidInputError(error.code, in_words(error), **error.details) from error
    markers = (Marker(marker.number, *marker.place) for marker in line.markers if marker.place is not None)
    return AgreedLine(line.code, geometry, tuple(markers))


def in_words(error: MatchError) -> str:
    """The sentence of a refusal in the reader's language."""
    return error.en if (get_language() or "").startswith("en") else error.zh
