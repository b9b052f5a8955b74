"""What this app tells the shared rooms when it is ready: the words of the trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries.services import map_updates
from gis.audit import words
from gis.jobs import kinds, upkeep
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry
from placenames import office_signs
from placenames.services import search_index

ACTIONS = {
    "placename.enter": _("登记地名"),
    "placename.correct": _("更正地名"),
    "placename.describe": _("登记区划的地名资料"),
    "placename.form.add": _("登记其他名称"),
    "placename.form.withdraw": _("撤销其他名称"),
    "namelist.load": _("载入核对名单"),
    "placename.import": _("导入地名"),
    "placename.import.undo": _("撤销导入的地名"),
}
FIELDS = {
    "class": _("地名类别"),
    "spelling": _("罗马字母拼写"),
    "location": _("位置"),
    "secrecy": _("密级"),
    "published": _("是否公开"),
    "entries": _("条目"),
    "added": _("新增"),
    "removed": _("减少"),
    "places": _("地名"),
    "forms": _("其他名称"),
    "located": _("找到所在行政区"),
    "listed": _("列入名录"),
    "divisions": _("登记中已有的村"),
    "closed": _("收回"),
    "restored": _("恢复"),
}


def register() -> None:
    words.register(ACTIONS, FIELDS)
    register_menu_entry(MenuEntry(_("地名检索"), "names", "names", 50, group=Group.NAMES))
    kinds.register(kinds.Kind(search_index.INDEX_JOB, _("更新地名检索"), search_index.run_job))
    upkeep.register("names", search_index.look)
    map_updates.also(search_index.follow)
    office_signs.register()
