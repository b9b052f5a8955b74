"""What is odd about a patrol's finding and its photos, in sentences. Nothing here refuses: it is said, and people judge."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.field_words import PHOTO_FAR_M
from placenames.models import FixOutcome, SignFinding, SignPhoto
from placenames.rules.signs.patrol import COARSE_M, clock_doubt, is_far


def finding_words(finding: SignFinding) -> list[str]:
    told = []
    days = clock_doubt(finding.found_at, finding.sent_at)
    if days is not None:
        told.append(
            _("巡查时间与收到时间相差 %(days)s 天，设备的时钟可能不对；巡查日期按收到的日子记。") % {"days": f"{days:,d}"}
            if days
            else _("巡查时间晚于收到时间，设备的时钟可能不对；巡查日期按收到的日子记。")
        )
    if finding.fix != FixOutcome.ACCEPTED and is_far(finding.distance_m, finding.accuracy_m):
        told.append(_("定位距登记位置 %(metres)s 米，请核对是不是这个标志。") % {"metres": f"{finding.distance_m:,.0f}"})
    if finding.fix == FixOutcome.PROPOSED and (finding.accuracy_m is None or finding.accuracy_m > COARSE_M):
        told.append(_("提议的位置精度不明或较差，采用前请核对。"))
    return told


def photo_words(photo: SignPhoto) -> list[str]:
    """Where place or time of a photo do not fit the sign or the patrol; what the photo does not tell is told too."""
    if photo.finding is None:
        return []
    told = []
    if photo.position is None:
        told.append(_("照片里没有拍摄位置，无法与标志核对。"))
    elif photo.distance_m is not None and photo.distance_m > PHOTO_FAR_M:
        told.append(_("拍摄位置距标志 %(metres)s 米，请核对是不是这个标志。") % {"metres": f"{photo.distance_m:,.0f}"})
    if photo.taken_at is None:
        return [*told, _("照片里没有拍摄时间。")]
    taken, found = (timezone.localtime(one).date() for one in (photo.taken_at, photo.finding.found_at or photo.finding.sent_at))
    if taken != found:
        told.append(_("拍摄于 %(taken)s，不是巡查当天（%(found)s）。") % {"taken": taken.isoformat(), "found": found.isoformat()})
    return told
