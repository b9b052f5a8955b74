"""The agreed line of the register as matching wants it: its geometry with chainage, and its markers."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from boundaries.matching import Line, Marker
from gis.errors import NotFoundError


@dataclass(frozen=True)
class AgreedLine:
    code: str
    line: Line
    markers: tuple[Marker, ...]


def agreed_line(code: str) -> AgreedLine:
    """The line in force. Raises `NotFoundError`: unknown_line."""
    raise NotFoundError("unknown_line", _("登记中没有编号为“%(code)s”的界线。") % {"code": code[:40]})
