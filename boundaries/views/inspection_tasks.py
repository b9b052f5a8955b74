"""On an inspection's page: the stretches given to people of the team, and markers given by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.inspection_tasks import accounts_of_side, tasks_given
from boundaries.models import InspectionMember, JointInspection
from boundaries.services import inspection_tasks, inspections
from boundaries.views.form_reading import Posted
from gis.accounts.models import User
from gis.errors import InvalidInputError


def context_of(inspection: JointInspection, record: Mapping[str, Any], members: Sequence[InspectionMember]) -> dict[str, Any]:
    """What the part of the page shows: from the record, and what is still to be given out of the tasks as they stand."""
    coverage, stretches = record["coverage"], record.get("stretches", [])
    whole = None if coverage["from_m"] is None else (coverage["from_m"], coverage["to_m"])
    left: list[tuple[str, list[tuple[float, float]]]] = []
    if whole is not None and stretches:
        tasks = tasks_given(inspection)
        left = [
            (side["name"], tasks.left_over(whole, [one.pk for one in members if one.side_id == side["id"]]))
            for side in record["inspection"]["sides"]
        ]
    numbers = [(one["number"], one["chainage_m"]) for one in record["markers"]]
    return {
        "stretches": [
            one
            | {
                "member_ids": [person["id"] for person in one["people"]],
                "markers": [number for number, at in numbers if at is not None and one["from_m"] - 1 <= at <= one["to_m"] + 1],
            }
            for one in stretches
        ],
        "left_over": left,
        "segments": record["line"]["segments"],
        "whole": whole,
    }


def accounts_of(inspection: JointInspection) -> dict[int, list[User]]:
    """By side: whom its members may be."""
    return {side: accounts_of_side(inspection, side) for side in policies.sides_of_inspection(inspection)}


def give(actor: User, inspection: JointInspection, posted: Posted) -> None:
    from_m, to_m = _ends(posted)
    inspection_tasks.give_stretch(
        actor,
        inspection,
        posted.number("version"),
        from_m=from_m,
        to_m=to_m,
        people=posted.numbers("people"),
        stretch=posted.optional_number("stretch"),
    )


def take_back(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspection_tasks.take_stretch_back(actor, inspection, posted.number("version"), posted.number("stretch"))


def give_marker(actor: User, inspection: JointInspection, posted: Posted) -> None:
    people = [] if posted.flag("follow") else posted.numbers("people")
    if not people and not posted.flag("follow"):
        message = _("请选择由谁检查这个界桩。")
        raise InvalidInputError("nobody_given", message, fields={"people": [message]})
    inspection_tasks.give_marker(actor, inspection, posted.number("version"), marker=posted.number("marker"), people=people)


def link_member(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.link_member(actor, inspection, posted.number("version"), posted.number("member"), posted.optional_number("account"))


def _ends(posted: Posted) -> tuple[float | None, float | None]:
    """A segment of the line chosen from the list (“from|to”), else the metres typed."""
    segment = posted.text("segment")
    if not segment:
        return posted.metres("from_m"), posted.metres("to_m")
    low, _bar, high = segment.partition("|")
    return posted.as_metres("segment", low), posted.as_metres("segment", high)
