"""What this app tells the shared rooms when it is ready: its tree of divisions, whose files are whose."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries import due, due_kinds, office_inspections, own_impacts, policies, trail_words
from boundaries.areas import DivisionAreas
from boundaries.home import on_the_first_page
from boundaries.models import ApplicationAttachment, DecisionFile, JointInspection, LineFile, MarkerPicture
from boundaries.services import code_lists, dossiers, field_matching, field_tracks, line_archive, map_updates, visit_photos
from boundaries.services.rule_set_preview import PREVIEW_JOB, run_preview
from gis import todo
from gis.accounts.areas import register_area_source
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.files import purposes
from gis.files.models import StoredFile
from gis.files.validators import OFFICE_PAPER, ArchiveSound, ExtensionAllowed, extension_tells_the_truth, not_empty
from gis.jobs import kinds, upkeep
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry

HOLIDAY_NOTICES = (not_empty, ExtensionAllowed(("toml",)), extension_tells_the_truth)
TABLES = (not_empty, ExtensionAllowed(("csv", "xlsx")), extension_tells_the_truth, ArchiveSound(max_unpacked=200 * 1024**2))


def may_download_application_file(user: Person, file: StoredFile) -> bool:
    """Who may see one of the applications the file was filed with; also after it was taken out of the dossier."""
    filed = ApplicationAttachment.objects.filter(file=file).select_related("application")
    return any(policies.may_view_application(user, attachment.application) for attachment in filed)


def may_download_indicator_table(user: Person, file: StoredFile) -> bool:
    """Who brought the table, and those who answer for the whole register."""
    return file.uploader_id == user.pk or policies.holds_over_whole_register(user, [Duty.AUDITOR, Duty.ADMINISTRATOR])


def may_download_decision_file(user: Person, file: StoredFile) -> bool:
    """Who may see one of the decisions the file was filed with."""
    filed = DecisionFile.objects.filter(file=file).select_related("decision")
    return any(policies.may_view_decision(user, one.decision) for one in filed)


def may_download_holidays(user: Person, file: StoredFile) -> bool:
    """A notice of the State Council is public; whoever may see the register may read what periods are counted by."""
    return policies.may_view_register(user)


def _register_standards() -> None:
    """Standards, screening and figures: their places in the menu, the files and the long work they bring along."""
    officers = frozenset({Duty.DIVISION_OFFICER})
    register_menu_entry(MenuEntry(_("设立标准"), "standards", "standards", 40, group=Group.CHANGES))
    register_menu_entry(MenuEntry(_("标准筛查"), "screening", "screening", 42, group=Group.CHANGES))
    register_menu_entry(MenuEntry(_("指标导入"), "indicators-import", "indicators", 44, officers, group=Group.CHANGES))
    register_menu_entry(MenuEntry(_("重点帮扶县"), "priority-counties", "star", 46, group=Group.CHANGES))
    purposes.register(purposes.Purpose("indicators", _("指标表"), may_download_indicator_table, TABLES))
    kinds.register(
        kinds.Kind(PREVIEW_JOB, _("采用标准前的预览"), run_preview, result_template="boundaries/parts/rule_set_preview.html")
    )


def may_download_code_list(user: Person, file: StoredFile) -> bool:
    """Whoever may see the register: the list holds nothing else."""
    return policies.may_view_register(user)


def _register_exports() -> None:
    """What is taken away: dossiers made in the queue, yearly tables, half-year lists of codes."""
    register_menu_entry(MenuEntry(_("年度变更情况"), "yearly-changes-page", "calendar", 54, group=Group.DIVISIONS))
    register_menu_entry(MenuEntry(_("乡级代码表"), "township-code-lists", "file", 56, group=Group.DIVISIONS))
    purposes.register(purposes.Purpose(dossiers.PURPOSE, _("申报材料包"), dossiers.may_download, limit_bytes=dossiers.LIMIT_BYTES))
    purposes.register(purposes.Purpose(code_lists.PURPOSE, _("乡级代码半年表"), may_download_code_list))
    kinds.register(
        kinds.Kind(dossiers.DOSSIER_JOB, _("打包申报材料"), dossiers.run, result_template="boundaries/parts/dossier_made.html")
    )


def may_download_line_file(user: Person, file: StoredFile) -> bool:
    """Who may see the line in whose archive the file is, also after it was taken out."""
    return any(policies.may_view_line(user, one) for one in LineFile.objects.filter(file=file).values_list("line_id", flat=True))


def may_download_marker_picture(user: Person, file: StoredFile) -> bool:
    shown = MarkerPicture.objects.filter(file=file).values_list("marker_id", flat=True)
    return any(policies.may_view_marker(user, one) for one in shown)


PICTURES = (not_empty, ExtensionAllowed(("jpg", "jpeg", "png")), extension_tells_the_truth)


def _register_lines() -> None:
    register_menu_entry(
        MenuEntry(pgettext_lazy("menu", "界线"), "boundary-lines", "boundary", 46, group=Group.LINES, also=("/markers/",))
    )
    purposes.register(purposes.Purpose(line_archive.LINE_PURPOSE, _("界线档案"), may_download_line_file, OFFICE_PAPER))
    purposes.register(purposes.Purpose(line_archive.PICTURE_PURPOSE, _("界桩照片"), may_download_marker_picture, PICTURES))


def may_download_field_file(user: Person, file: StoredFile) -> bool:
    """Who may see the inspection it came for; before it was handed in, who brought it."""
    of_tracks = JointInspection.objects.filter(tracks__file=file)
    of_photos = JointInspection.objects.filter(visits__photos__file=file)
    used = list((of_tracks | of_photos).distinct())
    return any(policies.may_view_inspection(user, one) for one in used) or (not used and file.uploader_id == user.pk)


def _register_field() -> None:
    """What comes from the field: the phones' page, files in chunks, matching in the queue."""
    register_menu_entry(MenuEntry(_("外业"), "field", "pin", 52, frozenset(policies.FIELD_DUTIES), group=Group.LINES))
    for purpose in (
        purposes.Purpose(
            field_tracks.PURPOSE, _("联检轨迹"), may_download_field_file, field_tracks.VALIDATORS,
            field_tracks.LIMIT_BYTES, policies.may_bring_from_field,
        ),
        purposes.Purpose(
            visit_photos.PURPOSE, _("联检照片"), may_download_field_file, visit_photos.VALIDATORS,
            visit_photos.LIMIT_BYTES, policies.may_bring_from_field,
        ),
    ):  # fmt: skip
        purposes.register(purpose)
    kinds.register(kinds.Kind(field_tracks.MATCH_JOB, _("匹配联检轨迹"), field_matching.run))


def register() -> None:
    _register_standards()
    office_inspections.register()
    _register_field()
    _register_exports()
    _register_lines()
    trail_words.register()
    own_impacts.register()
    due_kinds.register()
    todo.register(on_the_first_page)
    kinds.register(kinds.Kind(map_updates.MAP_JOB, _("更新地图"), map_updates.run_job))
    upkeep.register("map", map_updates.look)
    register_area_source(DivisionAreas())
    register_menu_entry(MenuEntry(_("地图"), "map", "map", 20))
    register_menu_entry(MenuEntry(_("区划"), "divisions", "divisions", 30, group=Group.DIVISIONS))
    register_menu_entry(MenuEntry(_("两日对比"), "compare", "history", 32, group=Group.DIVISIONS))
    register_menu_entry(MenuEntry(_("区划变更"), "decisions", "decisions", 38, group=Group.CHANGES))
    register_menu_entry(MenuEntry(pgettext_lazy("menu", "期限"), "due", "clock", 10, frozenset(Duty), due.badge))
    register_menu_entry(MenuEntry(_("区划变更申请"), "applications", "applications", 36, group=Group.CHANGES))
    purposes.register(purposes.Purpose("application", _("申报材料"), may_download_application_file, OFFICE_PAPER))
    purposes.register(purposes.Purpose("holidays", _("放假安排"), may_download_holidays, HOLIDAY_NOTICES))
    purposes.register(purposes.Purpose("decision", _("批复文件"), may_download_decision_file, OFFICE_PAPER))
