"""What this app tells the shared rooms when it is ready: menu, files, long work, words of the trail, targets of imports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries import track_reading
from gis.audit import words
from gis.files import purposes
from gis.jobs import kinds
from gis.menu import MenuEntry
from gis.menu import register as register_menu_entry
from importers import targets
from importers.policies import BRINGERS, may_bring_files, may_fetch_imported_file
from importers.services import staging, staging_steps, track_files
from importers.targets.boundary_lines import BoundaryLines
from importers.targets.boundary_markers import BoundaryMarkers
from importers.targets.divisions import Divisions, Villages
from importers.targets.indicators import Indicators
from importers.targets.placenames import PlaceNames
from importers.targets.signs import Signs
from importers.targets.tracks import Tracks

ACTIONS = {
    "import_divisions": _("导入区划"),
    "import_divisions.undo": _("撤销导入的区划"),
    "import_history": _("导入区划沿革"),
    "staged.bring": _("带入文件"),
    "staged.set_up": _("确定导入选项和字段"),
    "staged.edit": _("导入前修改单元格"),
    "staged.skip": _("导入前跳过一行"),
    "staged.unskip": _("不再跳过一行"),
    "staged.repair.adopt": _("采用拓扑修复"),
    "staged.repair.withdraw": _("撤回拓扑修复"),
    "staged.discard": _("放弃导入"),
    "staged.commit": _("导入整批"),
    "staged.undo": _("撤销整批导入"),
}
FIELDS = {
    "read": _("读入行数"),
    "created": _("新增"),
    "updated": _("更新"),
    "unchanged": _("未变"),
    "rejected": _("未采用"),
    "row": _("行"),
    "distance_m": _("距离（米）"),
    "kinds": _("类别"),
    "moved_area_m2": _("移动的面积（平方米）"),
    "units": _("各区划的变化"),
    "unit_count": _("涉及区划数"),
    "options": _("选项"),
    "mapping": _("字段对应"),
    "closed_records": _("收回的区划记录"),
    "restored_records": _("恢复的区划记录"),
    "closed_codes": _("收回的代码"),
    "restored_codes": _("恢复的代码"),
    "set_aside": _("不计入的轨迹文件"),
    "left_out": _("不采用的各条"),
}


def register() -> None:
    words.register(ACTIONS, FIELDS)
    track_reading.register_reader(track_files.read)
    # Larger than an attachment may be; the readers have bounds of their own.
    purposes.register(
        purposes.Purpose(
            staging.PURPOSE, _("导入的数据文件"), may_fetch_imported_file, limit_bytes=1 << 31, may_upload=may_bring_files
        )
    )
    kinds.register(kinds.Kind(staging.STEP_JOB, _("导入的一步"), staging_steps.run))
    register_menu_entry(MenuEntry(_("导入"), "imports", "import", 60, frozenset(BRINGERS)))
    for target in (Divisions(), Villages(), Indicators(), PlaceNames(), BoundaryLines(), BoundaryMarkers(), Signs(), Tracks()):
        targets.register(target)
