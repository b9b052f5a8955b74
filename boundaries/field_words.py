"""What is odd about things from the field, in sentences. Nothing here refuses anything: it is said, and people judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import tzinfo
from typing import Any, Final

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.models import VisitPhoto

# Telephones under trees are some 30 m off, and whoever photographs a marker stands within sight of it. Office practice: no source
# names a distance.
PHOTO_FAR_M: Final = 100.0


def suspicion_words(one: Mapping[str, Any]) -> str:
    """A suspicion of a match in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str((one.get("detail_en") if english else one.get("detail")) or one.get("detail") or one["code"])


def photo_words(photo: VisitPhoto, zone: tzinfo) -> list[str]:
    """Where place or time of a photo do not fit the marker or the visit; what the photo does not tell is told too."""
    told = []
    if photo.position is None:
        told.append(_("照片里没有拍摄位置，无法与界桩核对。"))
    elif photo.distance_m is not None and photo.distance_m > PHOTO_FAR_M:
        told.append(_("拍摄位置距界桩 %(metres)s 米，请核对是不是这座界桩。") % {"metres": f"{photo.distance_m:,.0f}"})
    if photo.taken_at is None:
        told.append(_("照片里没有拍摄时间。"))
        return told
    taken, visited = photo.taken_at.astimezone(zone).date(), (photo.visit.visited_at or photo.visit.sent_at).astimezone(zone).date()
    if taken != visited:
        told.append(
            _("拍摄于 %(taken)s，不是检查当天（%(visited)s）。") % {"taken": taken.isoformat(), "visited": visited.isoformat()}
        )
    return told
