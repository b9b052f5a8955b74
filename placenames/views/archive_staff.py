"""What the office may do from the public page of a name: each door only for who may go through it."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from boundaries.policies import may_draft_decision
from placenames import policies
from placenames.archive_subject import Subject
from placenames.services.naming_enactment import record_in_force


@dataclass(frozen=True)
class Door:
    url: str
    icon: str
    words: str | Promise


def doors(request: HttpRequest, subject: Subject) -> list[Door]:
    """Empty for visitors. A division's name changes by a decision, a place's by a naming case; what is no more has neither."""
    user, key = request.user, subject.key
    if not policies.may_view_names(user):
        return []
    found = [Door(reverse("name-record", args=[key]), "file", _("登记资料"))]
    if policies.may_view_archive_room(user, subject.area):
        found.append(Door(reverse("archive-room", args=[key]), "edit", _("编辑档案")))
    if subject.division is not None:
        found.append(Door(reverse("division", args=[subject.division.pk]), "divisions", _("区划登记")))
        there = subject.name.valid is not None and subject.name.valid.upper is None
        if there and may_draft_decision(user, subject.division):
            found.append(
                Door(f"{reverse('decision-workbench-new')}?unit={subject.division.pk}", "decisions", _("更名（区划变更）"))
            )
        return found
    record = record_in_force(subject.place) if subject.place is not None else None
    in_use = record is not None and record.status != "cancelled"
    if record is not None and in_use and record.area_id and policies.may_draft_naming_case(user, record.area_id):
        case = f"{reverse('naming-case-new')}?place={record.place_id}&act="
        found += [Door(f"{case}renaming", "names", _("更名")), Door(f"{case}cancelling", "cross", _("销名"))]
    return found
