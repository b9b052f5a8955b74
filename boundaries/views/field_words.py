"""Every sentence of the phones' page that its program says, in the reader's language. {…} are blanks the program fills in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from boundaries.models import MarkerCondition
from gis.field import words as shared


def conditions() -> list[tuple[str, str]]:
    return [(value, str(label)) for value, label in MarkerCondition.choices]


def checks() -> list[tuple[str, str]]:
    """界桩管理办法第六条."""
    return [
        ("position", _("位置准确")),
        ("firm", _("埋设牢固")),
        ("visible", _("明显易见")),
        ("legible", _("注记清晰")),
        ("archive", _("档案完备")),
    ]


def done() -> list[tuple[str, str]]:
    return [("cleared", _("清除了遮挡")), ("repainted", _("注记描红"))]


def words() -> dict[str, str]:
    return {**shared.words(), **_walk(), **_markers(), **_visit(), **_outbox(), **_tracks(), **_basemap(), **_waypoints()}


def _basemap() -> dict[str, str]:
    return {
        "basemapSave": _("把这条线的底图存到手机"),
        "basemapAsk": _("界线两侧各 400 米，共 {count} 张，约 {size} MB。建议连着 Wi-Fi 存。"),
    }


def _waypoints() -> dict[str, str]:
    return {
        "sameNumber": _("编号同 {number} 号界桩，相距 {distance}"),
        "sameNumberNoPlace": _("编号同 {number} 号界桩（没有登记位置）"),
        "nearestMarker": _("最近的是 {number} 号界桩，相距 {distance}"),
        "takeAs": _("用作 {number} 号界桩的检查"),
        "showPlace": _("看位置"),
        "noName": _("（无名）"),
        "takenFrom": _("位置据手持机航点“{name}”（{file}）。"),
        "takenPlace": _("用手持机航点“{name}”的位置：距登记位置 {distance}"),
        "takenPlaceOnly": _("用手持机航点“{name}”的位置；界桩没有登记位置"),
        "waypointTitle": _("手持机航点 {name}"),
    }


def _walk() -> dict[str, str]:
    return {
        "start": _("开始记录"),
        "stop": _("停止并上传"),
        "goOn": _("继续记录"),
        "notRecording": _("沿界线行走时记录轨迹；没有网络也会保存在手机上。"),
        "recording": _("正在记录：{points} 点，{distance}，{since} 开始"),
        "cutOff": _("上次记录在 {at} 中断，{points} 点都在。可继续，或结束并上传。"),
        "weak": _("定位精度 ±{accuracy} 米，偏差较大；到开阔处会好些。"),
        "screenOn": _("请保持屏幕亮着：锁屏后手机会停止定位。"),
        "noLine": _("这条界线没有位置资料，不能核对覆盖；轨迹和界桩照常记录。"),
        "coveredOf": _("已走 {covered}，共 {whole}（{percent}%）"),
        "ofSide": _("{name} {covered}"),
        "matching": _("{count} 条轨迹正在核对……"),
        "gap": _("{from}–{to} 公里，缺 {length}"),
        "awayFrom": _("离您 {distance}，{wind}方"),
        "walkSaved": _("已存为 {name}，有网络时自动上传。"),
        "nothingRecorded": _("没有记录到轨迹点。"),
        "emptyFile": _("“{name}”是空的。"),
    }


def _markers() -> dict[str, str]:
    return {
        "markersVisited": _("已查 {count} 座，共 {all} 座"),
        "noMarkers": _("这条界线没有登记界桩。"),
        "markerTitle": _("{number} 号界桩：{state}"),
        "marker_none": _("未查"),
        "marker_waiting": _("已查，待传"),
        "marker_arrived": _("已查"),
        "marker_differing": _("记录不一致"),
        "noPlace": _("没有登记位置"),
        "passed": _("轨迹经过，未填检查"),
    }


def _visit() -> dict[str, str]:
    return {
        "visitTitle": _("{number} 号界桩"),
        "custodian": _("{name}管护"),
        "referenceAt": _("方位 {azimuth}°，{distance} 米"),
        "found": _("在，相符"),
        "notFound": _("不符或不在"),
        "notLooked": _("未看"),
        "visitsDiffer": _("这座界桩有不一致的记录，都已保留。请商定以哪一份为准："),
        "visitBy": _("{by}：{condition}（{at}）"),
        "choose": _("以此为准"),
        "photo": _("界桩照片"),
        "placeUnknown": _("界桩没有登记位置；定位精度 ±{accuracy} 米"),
        "placeFrom": _("界桩在您{wind}方 {distance}（精度 ±{accuracy} 米）"),
        "conditionWanted": _("请先选界桩状况。"),
        "visitSaved": _("{number} 号界桩的检查已保存（{at}），有网络时自动上传。"),
    }


def _outbox() -> dict[str, str]:
    return {
        "notOpen": _("这次联检现在是“{state}”，不再接收外业内容。要补查，请单位先退回外业。"),
        "notOpenWaiting": _(
            "这次联检现在是“{state}”，暂时不收外业内容。手机上待传的 {count} 项都留着，不用重做："
            "请单位在联检页退回外业，之后打开本页自动上传。"
        ),
        "barred": _(
            "您现在不在这条界线的外业人员之列（职责可能有变），不能上传。手机上的内容都留着：恢复职责后自动上传，也可以“另存”后交给同事。"
        ),
        "visitOf": _("{number} 号界桩检查"),
    }


def _tracks() -> dict[str, str]:
    return {
        "filesInside": _("内有 {count} 个轨迹文件"),
        "trackCovered": _("走到界线 {distance}"),
        "converted": _("按 {system} 换算"),
        "convert": _("按 {system} 换算后重新核对"),
        "asItIs": _("不换算"),
        "setAside": _("不计入…"),
        "takeBack": _("恢复计入"),
        "whyAside": _("不计入的理由（会记在案）："),
        "aside": _("不计入：{reason}"),
    }
