"""The public notice of a name (地名公告): what it says, frozen when it is published, and where it stays."""

from __future__ import annotations

from typing import Any, Final

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from boundaries.querysets import lines_of
from placenames.models import CaseAct, NamingCase
from placenames.rules.naming_cases import check_notice_text

# What NAME-NOT-02 asks for → the key of the notice.
_PARTS: Final = {
    "标准名称": "name",
    "罗马字母拼写": "spelling",
    "所属政区": "area",
    "位置描述": "position",
    "批准机关": "approver",
    "批准时间": "approved_on",
}


def notice_of(case: NamingCase, issuer: str) -> dict[str, Any]:
    """The notice of an approved case, in Chinese whatever the writer's language. Of a cancelling the name that goes."""
    made = case.made
    if made is None or case.approved_on is None or case.effective_on is None:
        raise ValueError("a notice tells of an approval")
    with override("zh-hans"):
        return {
            "number": case.number,
            "act": case.act,
            "act_name": str(case.get_act_display()),
            "kind": str(case.get_kind_display()),
            "name": made.name,
            "former_name": case.former_name if case.act == CaseAct.RENAMING else "",
            "spelling": made.spelling,
            "area": area_in_words(case.area_id),
            "position": case.position,
            "meaning": case.meaning,
            "approver": case.approver,
            "document_number": case.document_number,
            "approved_on": case.approved_on.isoformat(),
            "effective_on": case.effective_on.isoformat(),
            "issuer": issuer,
            "announced_on": case.announced_on.isoformat() if case.announced_on else "",
        }


def lacking_in(notice: dict[str, Any]) -> list[str]:
    """What NAME-NOT-02 misses, and the body that issues it."""
    found = check_notice_text([title for title, key in _PARTS.items() if notice.get(key)])
    missing = found[0].subject.split("、") if found else []
    return missing if notice.get("issuer") else [*missing, "公告机关"]


def area_in_words(division: int) -> str:
    """The divisions a place lies in, the highest first; one that is no more stands where it stood last."""
    line = lines_of([division], timezone.localdate()).get(division, [])
    return "".join(name for _division, name, _level in reversed(line))


def address(number: str) -> str:
    """Lasts: the case's number never changes."""
    return reverse("naming-notice", args=[number])
