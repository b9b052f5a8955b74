"""What the room of signs tells the shared rooms: menu, files, words of the trail, what a change touches, the setting rate."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries import computed_indicators, due, impacts
from boundaries.office import PICTURES
from boundaries.photos import no_heic, sound_photo
from boundaries.services import demo
from gis.accounts.models import Duty
from gis.audit import words
from gis.files import purposes
from gis.jobs import upkeep
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry
from placenames import policies
from placenames.models import SignPhoto, SignReport
from placenames.services.signs import areas, following, keeping
from placenames.services.signs.demo import load_signs
from placenames.signs import impacts as sign_impacts
from placenames.signs import rate, sign_due

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.files.models import StoredFile

_PATROL = frozenset({Duty.PLACE_NAME_OFFICER, Duty.FIELD_INSPECTOR})
ACTIONS = {
    "sign.enter": _("登记地名标志"),
    "sign.change": _("更改地名标志"),
    "sign.worked": _("地名标志完工"),
    "sign.found": _("巡查地名标志"),
    "sign.fix": _("采用巡查定位"),
    "sign.finding": _("上报标志巡查"),
    "sign.finding.settle": _("认定标志巡查"),
    "sign.photo.add": _("存入标志照片"),
    "sign.photo.remove": _("移出标志照片"),
    "sign.import": _("导入地名标志"),
    "sign.import.undo": _("撤销导入的地名标志"),
    "signwork.open": _("开标志任务单"),
    "signwork.move": _("办理标志任务单"),
    "signwork.follow": _("标志任务单随更正变动"),
    "signreport.handle": _("处理公众报修"),
    "signtypes.load": _("载入标志类型表"),
    "signledger.declare": _("启用标志台账"),
    "signledger.withdraw": _("停用标志台账"),
}
FIELDS = {
    "faces": _("牌面"),
    "position": _("位置"),
    "side": _("道路哪侧"),
    "azimuth_deg": _("牌面朝向"),
    "number": _("号码"),
    "set_by": _("设置单位"),
    "maker": _("制作单位"),
    "custodian": _("管护单位"),
    "cost_yuan": _("费用（元）"),
    "installed_on": _("设置日期"),
    "checked_on": _("巡查日期"),
    "due_on": _("完成期限"),
    "done_on": _("完成日期"),
    "authority": _("批准依据"),
    "types": _("类型数"),
    "outcome": _("处理"),
    "fix": _("提议的位置"),
    "since": _("自何日起"),
    "basis": _("依据"),
}


def may_download_sign_photo(user: Person, file: StoredFile) -> bool:
    """Photos of signs are for everybody with a duty; what the public sent only for those who handle it."""
    if (report := SignReport.objects.filter(photo=file).select_related("sign").first()) is not None:
        return policies.may_edit_signs(user, report.sign.area_id)
    held = SignPhoto.objects.filter(file=file).exists() and policies.may_view_signs(user)
    return held or (file.uploader_id == user.pk and policies.may_open_patrol(user))


def register() -> None:
    words.register(ACTIONS, FIELDS)
    register_menu_entry(MenuEntry(pgettext_lazy("menu", "标志台账"), "signs", "signs", 55, group=Group.SIGNS))
    register_menu_entry(MenuEntry(pgettext_lazy("menu", "标志缺口"), "sign-gaps", "pin", 56, group=Group.SIGNS))
    register_menu_entry(MenuEntry(pgettext_lazy("menu", "标志任务单"), "sign-works", "check", 57, group=Group.SIGNS))
    register_menu_entry(
        MenuEntry(
            pgettext_lazy("menu", "标志巡查"), "sign-patrol", "pin", 58, _PATROL, group=Group.SIGNS, also=("/signs/findings/",)
        )
    )
    register_menu_entry(MenuEntry(pgettext_lazy("menu", "标志类型"), "sign-types", "file", 59, group=Group.SIGNS))
    purposes.register(
        purposes.Purpose(
            keeping.PURPOSE,
            _("标志照片"),
            may_download_sign_photo,
            (no_heic, *PICTURES, sound_photo),
            keeping.LIMIT_BYTES,
            policies.may_open_patrol,
        )
    )
    impacts.register("signs", sign_impacts.impact)
    impacts.register_consequence("signs", sign_impacts.consequence)
    impacts.register_after_correction("signs", following.after_correction)
    computed_indicators.register(rate.INDICATOR, rate.rates)
    upkeep.register("signs", areas.look)
    demo.also(load_signs)
    due.register(due.Kind("sign_work", _("地名标志任务单"), sign_due.works, 60, revision=sign_due.revision))
    due.register(due.Kind("sign_finding", _("标志巡查"), sign_due.findings, 61, dated=False))
    due.register(due.Kind("sign_report", _("公众报修"), sign_due.reports, 62, dated=False))
