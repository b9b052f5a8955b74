"""Every sentence of the patrol's page that its program says, in the reader's language. {…} are blanks the program fills in."""

from __future__ import annotations

from django.utils.translation import gettext as _

from gis.field import words as shared


def words() -> dict[str, str]:
    return {**shared.words(), **_signs(), **_finding(), **_queue(), **_basemap()}


def _signs() -> dict[str, str]:
    return {
        "looked": _("已查 {count} 个，共 {all} 个"),
        "noSigns": _("这个范围内没有登记的标志。"),
        "noneLeft": _("没有符合条件的标志。"),
        "signTitle": _("{name} {code}：{state}"),
        "sign_none": _("未查"),
        "sign_waiting": _("已查，待传"),
        "sign_arrived": _("已查"),
        "sign_differing": _("记录不一致"),
        "gapTitle": _("缺：{name}（{why}）"),
        "unlistedTitle": _("未登记：{name}"),
        "noName": _("（无名）"),
        "noPlace": _("没有登记位置"),
        "hasWork": _("有任务单"),
        "lastLooked": _("上次 {day}"),
        "neverLooked": _("没有巡查过"),
        "stop": _("第 {number} 站"),
    }


def _finding() -> dict[str, str]:
    return {
        "newTitle": _("未登记的标志"),
        "signFacts": _("登记为“{state}”"),
        "custodian": _("{name}管护"),
        "facing": _("牌面朝 {azimuth}°"),
        "openWorks": _("在办任务单：{works}"),
        "placeUnknown": _("这个标志没有登记位置；定位精度 ±{accuracy} 米"),
        "placeFrom": _("登记位置在您{wind}方 {distance}（精度 ±{accuracy} 米）"),
        "placeHere": _("位置 {lat}, {lon}（精度 ±{accuracy} 米）"),
        "placeWanted": _("还没有定位。未登记的标志要有定位才能保存，请到开阔处稍等。"),
        "proposeFar": _("您离登记位置较远。若标志确在您身边，请勾选下面一项。"),
        "wantedHere": _("附近缺的标志：{name}（{why}，{distance}）"),
        "differs": _("这个标志有不一致的记录，都已保留，由地名主管部门认定。"),
        "findingBy": _("{by}：{state}（{at}）"),
        "photo": _("标志照片"),
        "stateWanted": _("请先选状态。"),
        "typeWanted": _("请选标志类型。"),
        "positionNeeded": _("还没有定位，未登记的标志不能保存。"),
        "proposeNeedsPosition": _("还没有定位，不能提议位置；请到开阔处稍等，或取消勾选。"),
        "saved": _("{name}的巡查已保存（{at}），有网络时自动上传。"),
        "photoFar": _("照片拍摄位置距标志 {distance}，请核对是不是这个标志。"),
        "photoOther": _("照片拍摄于 {day}，不是今天。"),
    }


def _queue() -> dict[str, str]:
    return {
        "barred": _(
            "您的职责现在不包括这里的标志巡查（职责可能有变），不能上传。手机上的内容都留着：恢复职责后自动上传，也可以“另存”后交给同事。"
        ),
        "findingOf": _("{name}：{state}"),
        "fresh": _("资料 {at} 更新"),
    }


def _basemap() -> dict[str, str]:
    return {
        "basemapSave": _("把这一带的底图存到手机"),
        "basemapAsk": _("标志四周 400 米，共 {count} 张，约 {size} MB。建议连着 Wi-Fi 存。"),
    }
