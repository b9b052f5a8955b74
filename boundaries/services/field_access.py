"""What everything that comes from the field shares: the inspection's row locked, whether it takes anything, whose side it is of."""

from __future__ import annotations

from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import InspectionState, JointInspection
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError


def lock(inspection: JointInspection | int) -> JointInspection:
    """The row, locked: what several phones send at once is taken one after the other."""
    key = inspection if isinstance(inspection, int) else inspection.pk
    return JointInspection.objects.select_for_update(of=("self",)).select_related("line").get(pk=key)


def ensure_in_field(actor: User, inspection: JointInspection) -> None:
    ensure(policies.may_work_in_field(actor, inspection))
    if inspection.state != InspectionState.IN_FIELD:
        raise ConflictError(
            "inspection_not_in_field",
            _("这次联检现在是“%(state)s”，不在外业阶段，没有接收。内容仍在设备上；需要时请退回外业补查后再传。")
            % {"state": inspection.get_state_display()},
            state=inspection.state,
        )


def sides_of(inspection: JointInspection) -> list[int]:
    return [side for side in (inspection.lead_id, inspection.partner_id, inspection.third_id) if side]


def side_for(actor: User, inspection: JointInspection, stated: int | None) -> int | None:
    """The side somebody works for: the only one their duty is over, else the one they state, else nobody knows."""
    sides = sides_of(inspection)
    if stated is not None and stated not in sides:
        raise InvalidInputError("side_unknown", _("所属方不是这次联检的一方。"))
    own = [side for side in sides if policies.works_in_field_for(actor, side)]
    if len(own) == 1:
        return own[0]
    return stated
