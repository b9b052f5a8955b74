"""What this app tells the shared rooms when it is ready: the words of the trail."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from boundaries.services import demo as boundaries_demo
from boundaries.services import map_updates
from gis import todo
from gis.accounts.duties import Person, holds_anywhere
from gis.accounts.models import Duty, User
from gis.audit import words
from gis.files import purposes
from gis.files.models import StoredFile
from gis.files.validators import OFFICE_PAPER
from gis.jobs import kinds, upkeep
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry
from placenames import office_cases, office_signs, policies, recordings
from placenames.archive_room import count_waiting
from placenames.models import ArchiveDocument, ArchiveMedia
from placenames.services import archive_media, archive_writing, demo, search_index
from placenames.services.archive_areas import area_of

ACTIONS = {
    "placename.enter": _("登记地名"),
    "placename.correct": _("更正地名"),
    "placename.describe": _("登记区划的地名资料"),
    "placename.code": _("赋地名代码"),
    "placename.form.add": _("登记其他名称"),
    "placename.form.withdraw": _("撤销其他名称"),
    "namelist.load": _("载入核对名单"),
    "placename.spelling.decide": _("认定读音"),
    "placename.spelling.undo": _("撤销读音认定"),
    "placename.import": _("导入地名"),
    "placename.import.undo": _("撤销导入的地名"),
    "archive.text.save": _("撰写地名档案"),
    "archive.step": _("办理地名档案"),
    "archive.document": _("登记文献"),
    "archive.media": _("加入照片或录音"),
    "archive.media.save": _("改写照片或录音的说明"),
    "archive.suggestion": _("答复读者建议"),
    "archive.collection": _("维护地名专题"),
    "archive.relation": _("登记地名派生"),
    "archive.merge": _("地名并案"),
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
    "body": _("正文"),
    "citations": _("引文"),
    "heritage": _("对应名录"),
    "about": _("说明"),
    "title_en": _("英文名称"),
    "origin": _("所本的地名"),
    "into": _("并入"),
    "answer": _("答复"),
}


def register() -> None:
    words.register(ACTIONS, FIELDS)
    register_menu_entry(MenuEntry(_("地名检索"), "names", "names", 50, group=Group.NAMES))
    keepers = frozenset({Duty.PLACE_NAME_OFFICER, Duty.REVIEWER})
    register_menu_entry(MenuEntry(_("地名文化档案"), "archive", "file", 56, keepers, group=Group.NAMES))
    register_menu_entry(MenuEntry(_("地名专题"), "collections", "star", 57, group=Group.NAMES, also=("/archive/collections/",)))
    todo.register(on_the_first_page)
    officers = frozenset({Duty.PLACE_NAME_OFFICER})
    register_menu_entry(MenuEntry(_("读音认定"), "spellings", "edit", 58, officers, group=Group.NAMES))
    register_menu_entry(MenuEntry(_("地名赋码"), "name-codes", "names", 59, officers, group=Group.NAMES))
    kinds.register(kinds.Kind(search_index.INDEX_JOB, _("更新地名检索"), search_index.run_job))
    upkeep.register("names", search_index.look)
    map_updates.also(search_index.follow)
    boundaries_demo.also(demo.load_names)
    office_signs.register()
    _register_archive()
    office_cases.register()


def on_the_first_page(user: Person) -> Iterator[todo.Item]:
    """What waits in the archive for who keeps or reviews names."""
    if not isinstance(user, User) or not policies.may_view_archive(user):
        return
    to_review, to_answer = count_waiting(user)
    if holds_anywhere(user, [Duty.REVIEWER]):
        yield todo.Item(_("等待审核的地名档案"), to_review, reverse("archive"), "file", "", 30)
    if holds_anywhere(user, [Duty.PLACE_NAME_OFFICER]):
        yield todo.Item(_("等待答复的读者建议"), to_answer, reverse("archive"), "person", "", 31)


def may_fetch_original(user: Person, file: StoredFile) -> bool:
    """Originals of photos and recordings: who keeps or reviews the name they belong to; before that, who brought them."""
    used = list(ArchiveMedia.objects.filter(Q(file=file) | Q(shown=file) | Q(small=file)).select_related("place"))
    return any(policies.may_view_archive_room(user, area_of(one.place)) for one in used)


def may_fetch_document(user: Person, file: StoredFile) -> bool:
    used = ArchiveDocument.objects.filter(file=file).select_related("area")
    return any(policies.may_view_archive_room(user, one.area) for one in used)


def _register_archive() -> None:
    """Files of the archive. The public gets what was made for it by addresses of its own (views.archive_files), never these."""
    for purpose in (
        purposes.Purpose(
            archive_media.PHOTO_PURPOSE, _("地名照片"), may_fetch_original, archive_media.PHOTOS, archive_media.PHOTO_LIMIT
        ),
        purposes.Purpose(
            archive_media.AUDIO_PURPOSE, _("读音录音"), may_fetch_original, archive_media.RECORDINGS, recordings.LIMIT_BYTES
        ),
        purposes.Purpose(archive_media.SHOWN_PURPOSE, _("地名照片与录音的公开件"), may_fetch_original),
        purposes.Purpose(archive_writing.DOCUMENT_PURPOSE, _("地名文献"), may_fetch_document, OFFICE_PAPER),
    ):
        purposes.register(purpose)
