"""地图: the page around the map. What it draws comes by address: tiles, panels, JSON."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from boundaries import policies
from boundaries.map_levels import LEVELS, MAX_ZOOM
from boundaries.models import DivisionRecord
from boundaries.views.map_api import map_on
from boundaries.views.parameters import day_of
from boundaries.wording import CLASSES
from gis.accounts.access import ensure
from gis.webmap.shell import leaflet_shell

# Django writes whole numbers into addresses; this one marks where the program puts a division's.
_ANY = 987654321
TILES = "/tiles/divisions/{day}/{z}/{x}/{y}.mvt"


@login_required
@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The state of the view (zoom, centre, day, chosen unit) is in the address after #, kept by the program."""
    ensure(policies.may_view_register(request.user))
    day = day_of(request)
    shell = leaflet_shell(
        "divisions",
        max_zoom=MAX_ZOOM,
        basemap_url=settings.BASEMAP_URL,
        basemap_attribution=settings.BASEMAP_ATTRIBUTION,
    )
    context = {"shell": shell, "empty": not DivisionRecord.objects.exists(), "config": map_config(day, shell.variable)}
    return render(request, "boundaries/map.html", context)


def map_config(day: Any, variable: str) -> dict[str, Any]:
    """What any page with the map tells its program: addresses, words, levels, the state of the day."""

    def with_id(name: str) -> str:
        return reverse(name, args=[_ANY]).replace(str(_ANY), "{id}")

    return {
        "map": variable,
        "today": timezone.localdate().isoformat(),
        "state": map_on(day),
        "levels": level_table(),
        "urls": {
            "tiles": TILES,
            "at": reverse("division-at"),
            "search": reverse("division-search"),
            "days": reverse("division-days"),
            "state": reverse("division-map"),
            "outline": with_id("division-outline"),
            "panel": with_id("division-panel"),
            "compare": reverse("compare"),
            "screening": "/api/screening/",
            "lines": reverse("boundary-lines-map"),
            "login": reverse("login"),
        },
        "words": _words(),
    }


def level_table() -> list[dict[str, Any]]:
    """Which level is drawn at which zooms, for the program."""
    return [
        {
            "level": int(entry.level),
            "layer": entry.layer,
            "name": str(entry.level.label),
            "areas": [entry.areas.start, entry.areas.stop - 1],
            "names": [entry.names.start, entry.names.stop - 1],
            "chosen": entry.chosen,
        }
        for entry in LEVELS.values()
    ]


def _words() -> dict[str, str]:
    """The sentences the program says, in the reader's language."""
    return {
        "changes": _("{count} 处变更"),
        "noEarlier": _("没有更早的变更日"),
        "noLater": _("没有更晚的变更日"),
        "lastChange": _("上一次变更：{day}"),
        "listed": _("资料所载，{count} 个区划"),
        "unitsChanged": _("{count} 个区划有变"),
        "morePapers": _(" 等 {count} 份文件"),
        "andMore": _("另有 {count} 项"),
        "noMatch": _("{day} 没有名称或代码含“{text}”的区划。可换个日期再找。"),
        "matches": _("找到 {count} 个，用上下键选择"),
        "noExtent": _("无范围资料"),
        "nothingHere": _("这里没有收录的区划。"),
        "failed": _("服务器没有回应，请稍后再试。"),
        "loggedOut": _("登录已过期，请重新登录。"),
        "loading": _("正在载入……"),
        "screeningFailed": _("筛查结果没有取到。"),
        **{name: str(words) for name, words in CLASSES.items()},
        "priority": _("重点帮扶县"),
        "advisory": _("仅供参考：所用标准不是现行正式标准"),
        "basis": _("依据：{title}"),
        "demo": _("演示数据"),
        "screeningTitle": _("标准筛查"),
        "borders": _("界线"),
        "seats": _("驻地"),
        "uncertain": _("示意或虚构的范围"),
        "unitsInAll": _("共收录 {count} 个区划。"),
        "mapLabel": _("行政区划地图。方向键移动，加减键缩放，回车查看中心处的区划。"),
        "shownLevel": _("当前层级：{level}"),
    }
