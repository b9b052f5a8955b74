"""The shared rooms' own menu entries, links and words. Registered when the app is ready."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from gis import menu, todo
from gis.accounts.duties import Person
from gis.accounts.models import Duty
from gis.accounts.policies import may_administer_people
from gis.audit.policies import may_read_audit
from gis.files import purposes, uploads
from gis.files.policies import may_fetch_set_aside
from gis.jobs import upkeep
from gis.services import throttle


def links(user: Person) -> Iterator[todo.Link]:
    if may_administer_people(user):
        yield todo.Link(_("人员与职责"), _("建立账号，分配职责与管辖地域，重设密码"), reverse("people"), "people", 80)
    if may_read_audit(user):
        yield todo.Link(_("操作记录"), _("何人何时改了什么，可筛选、可导出"), reverse("audit"), "audit", 85)


def register() -> None:
    menu.register(menu.MenuEntry(_("待办"), "home", "home", 0, frozenset(Duty), todo.waiting))
    menu.register(menu.MenuEntry(_("我的任务"), "job-list", "jobs", 70))
    menu.register(menu.MenuEntry(pgettext_lazy("menu", "监督"), "audit", "audit", 80, frozenset({Duty.AUDITOR})))
    menu.register(menu.MenuEntry(_("系统"), "people", "people", 90, frozenset({Duty.ADMINISTRATOR})))
    todo.register(links)
    purposes.register(purposes.Purpose(uploads.SET_ASIDE, _("有误存留的文件"), may_fetch_set_aside, limit_bytes=1 << 40))
    upkeep.register("uploads", uploads.expire)
    upkeep.register("throttle", throttle.forget)
