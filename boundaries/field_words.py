"""What is odd about things from the field, in sentences. Nothing here refuses anything: it is said, and people judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta, tzinfo
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries.models import MarkerVisit, VisitPhoto

# Telephones under trees are some 30 m off, and whoever photographs a marker stands within sight of it. Office practice: no source
# names a distance.
PHOTO_FAR_M: Final = 100.0
# As with the clocks of tracks (matching.clocks): two minutes are what clocks differ; half a year is a matter of the date.
CLOCK_AHEAD: Final = timedelta(minutes=2)
CLOCK_YEARS: Final = timedelta(days=180)


def suspicion_words(one: Mapping[str, Any]) -> str:
    """A suspicion of a match in the reader's language."""
    english = (get_language() or "").startswith("en")
    return str((one.get("detail_en") if english else one.get("detail")) or one.get("detail") or one["code"])


def visit_words(visit: MarkerVisit) -> list[str]:
    """Where the clock of the device cannot have been right: the visit is dated after it came, or half a year and more before."""
    if visit.visited_at is None:
        return []
    early = visit.sent_at - visit.visited_at
    if early < -CLOCK_AHEAD or early > CLOCK_YEARS:
        days = abs(early.total_seconds()) / 86_400
        told = {"visited": timezone.localtime(visit.visited_at).date().isoformat(), "days": f"{days:,.0f}"}
        return [
            _("检查时间（%(visited)s）与收到时间相差 %(days)s 天，设备的时钟可能不对。") % told
            if days >= 1
            else _("检查时间晚于收到时间，设备的时钟可能不对。")
        ]
    return []


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
