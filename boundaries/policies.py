"""Who may do what with divisions, standards and applications: named reasons, asked by views and services alike.

Areas follow the tree of divisions as it stands today: a duty over a county reaches its townships and villages, and those that are
no more and lay in it last (docs/decisions/0109).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.utils import timezone

from boundaries.boundary_lines import segment_side_ids, side_ids
from boundaries.models import Application, BoundaryLine, BoundaryMarker, Decision, Division, JointInspection, MarkerSide
from boundaries.querysets import lines_of
from gis.accounts.areas import reaches_everything
from gis.accounts.duties import holds, holds_anywhere
from gis.accounts.models import Duty

if TYPE_CHECKING:
    from gis.accounts.duties import Person


def _reach(division: Division | int) -> list[int]:
    """The division and everything above it, or above where it stood last: what was done in it outlives it."""
    key = division if isinstance(division, int) else division.pk
    line = lines_of([key], timezone.localdate()).get(key, ())
    return [key, *(unit for unit, _name, _level in line if unit != key)]


def holds_over(user: Person, duties: Iterable[Duty], division: Division | int) -> bool:
    return holds(user, duties, _reach(division))


def holds_over_whole_register(user: Person, duties: Iterable[Duty]) -> bool:
    """A duty without a limit of area, or over everything of the highest level there is.

    Having nothing above it is not enough, see `boundaries.areas`.
    """
    return reaches_everything(user, duties)


def may_view_register(user: Person) -> bool:
    """Divisions, the map and published standards: everybody with a duty, anywhere."""
    return holds_anywhere(user)


def may_edit_indicators(user: Person, division: Division | int) -> bool:
    return holds_over(user, [Duty.DIVISION_OFFICER], division)


def may_import_indicators(user: Person) -> bool:
    """A table may hold many divisions; each row is asked for its own with `may_edit_indicators`."""
    return holds_anywhere(user, [Duty.DIVISION_OFFICER])


def may_check_establishment(user: Person) -> bool:
    """Judging a unit changes nothing; who may see the register may do it."""
    return may_view_register(user)


def may_load_rule_set(user: Person) -> bool:
    """Any division officer may load a draft and see what it would change."""
    return holds_anywhere(user, [Duty.DIVISION_OFFICER])


def may_adopt_rule_set(user: Person) -> bool:
    """A standard holds for the whole register, so adopting it is for those who answer for the whole."""
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER, Duty.REVIEWER])


def may_edit_priority_counties(user: Person) -> bool:
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER])


def may_draft_application(user: Person, division: Division | int) -> bool:
    return holds_over(user, [Duty.DIVISION_OFFICER], division)


def may_view_application(user: Person, application: Application) -> bool:
    return holds_over(user, list(Duty), application.division_id)


def may_edit_application(user: Person, application: Application) -> bool:
    return may_draft_application(user, application.division_id)


def may_review_application(user: Person, application: Application) -> bool:
    """Accepting, returning and recording the decision: a reviewer over the area."""
    return holds_over(user, [Duty.REVIEWER], application.division_id)


def may_draft_decision(user: Person, area: Division | int) -> bool:
    return holds_over(user, [Duty.DIVISION_OFFICER], area)


def may_use_workbench(user: Person) -> bool:
    """Working out what acts would do, saved nowhere; saving asks `may_draft_decision` for the area."""
    return holds_anywhere(user, [Duty.DIVISION_OFFICER])


def may_view_decision(user: Person, decision: Decision) -> bool:
    return holds_over(user, list(Duty), decision.area_id)


def may_edit_decision(user: Person, decision: Decision) -> bool:
    return may_draft_decision(user, decision.area_id)


def may_enact_decision(user: Person, decision: Decision) -> bool:
    """Whoever reviews in the area enacts; drafting alone does not change the register."""
    return may_enact_over(user, decision.area_id)


def may_enact_over(user: Person, division: Division | int) -> bool:
    """Asked for everything a decision changes: a county cannot take a village from its neighbour."""
    return holds_over(user, [Duty.REVIEWER], division)


def may_follow_up_decision(user: Person, decision: Decision) -> bool:
    """Recording what was done after an approval, and the codes that were determined for it."""
    return holds_over(user, [Duty.DIVISION_OFFICER], decision.area_id)


def may_close_decision(user: Person, decision: Decision) -> bool:
    """结案, and taking it back."""
    return holds_over(user, [Duty.REVIEWER], decision.area_id)


def may_load_holidays(user: Person) -> bool:
    """The calendar counts for every period of the whole register."""
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER, Duty.ADMINISTRATOR])


def may_correct_register(user: Person, division: Division | int) -> bool:
    """订正: what was recorded wrongly is said anew; the legal history as first recorded stays readable."""
    return holds_over(user, [Duty.REVIEWER], division)


def may_make_code_list(user: Person) -> bool:
    """The half-year list of township codes is the whole register's (CODE-12)."""
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER, Duty.REVIEWER])


def may_view_line(user: Person, line: BoundaryLine | int) -> bool:
    """Both sides' areas and everything above them, and the lower divisions along the line. Both sides see the same."""
    return _holds_over_any(user, list(Duty), [*side_ids(line), *segment_side_ids(line)])


def may_register_lines(user: Person) -> bool:
    """Opening the form or bringing a file; each line is asked for with `may_register_line`."""
    return holds_anywhere(user, [Duty.DIVISION_OFFICER])


def may_register_line(user: Person, side_a: Division | int, side_b: Division | int) -> bool:
    """A line belongs to both sides, so an officer over either keeps it; the trail says who did."""
    return any(holds_over(user, [Duty.DIVISION_OFFICER], side) for side in (side_a, side_b))


def may_edit_line(user: Person, line: BoundaryLine | int) -> bool:
    """Entering a change by a document, and correcting what was recorded wrongly."""
    return _holds_over_any(user, [Duty.DIVISION_OFFICER], side_ids(line))


def may_approve_line(user: Person, line: BoundaryLine | int) -> bool:
    """What a side says of a line as a side: a reviewer over it."""
    return _holds_over_any(user, [Duty.REVIEWER], side_ids(line))


def may_work_on_line(user: Person, line: BoundaryLine | int) -> bool:
    """In the field: tracks, visits, photos. Also those of the lower divisions along the line."""
    duties = [Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER]
    return _holds_over_any(user, duties, [*side_ids(line), *segment_side_ids(line)])


def may_view_marker(user: Person, marker: BoundaryMarker | int) -> bool:
    """Who may see one of its lines, or a division it belongs to (at a tri-point the third side)."""
    return any(may_view_line(user, line) for line in _lines_of_marker(marker)) or _holds_over_any(
        user, list(Duty), _sides_of_marker(marker)
    )


def may_edit_marker(user: Person, marker: BoundaryMarker | int) -> bool:
    return any(may_edit_line(user, line) for line in _lines_of_marker(marker)) or _holds_over_any(
        user, [Duty.DIVISION_OFFICER], _sides_of_marker(marker)
    )


def may_view_inspection(user: Person, inspection: JointInspection) -> bool:
    """Who may see the line, and at a tri-point the third side. All sides see the same page."""
    return may_view_line(user, inspection.line_id) or (
        inspection.third_id is not None and holds_over(user, list(Duty), inspection.third_id)
    )


def may_arrange_inspection(user: Person, inspection: JointInspection) -> bool:
    """The team, the days, the steps of planning and filing: an officer of any side."""
    return _holds_over_any(user, [Duty.DIVISION_OFFICER], sides_of_inspection(inspection))


def may_fill_inspection(user: Person, inspection: JointInspection) -> bool:
    """The content groups, starting the field work and handing it to review: who inspects or manages on any side."""
    if may_work_on_line(user, inspection.line_id):
        return True
    return _holds_over_any(user, [Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER], sides_of_inspection(inspection))


def may_speak_for_side(user: Person, inspection: JointInspection, side: int) -> bool:
    """What one side says of the record in writing, and taking it back: who manages or reviews on that side."""
    return side in sides_of_inspection(inspection) and holds_over(user, [Duty.DIVISION_OFFICER, Duty.REVIEWER], side)


def may_sign_inspection(user: Person, inspection: JointInspection, side: int) -> bool:
    """A reviewer signs for the own side only: whoever reviews over two of the sides is no side's and signs for none."""
    sides = sides_of_inspection(inspection)
    return side in sides and [one for one in sides if holds_over(user, [Duty.REVIEWER], one)] == [side]


def may_enter_paper_signature(user: Person, inspection: JointInspection) -> bool:
    """What a side signed on paper that does not work here (a neighbouring province): entered by a reviewer over the register."""
    return holds_over_whole_register(user, [Duty.REVIEWER])


def sides_of_inspection(inspection: JointInspection) -> list[int]:
    """The leading side first."""
    return [side for side in (inspection.lead_id, inspection.partner_id, inspection.third_id) if side is not None]


def may_register_hazard(user: Person, line: BoundaryLine | int) -> bool:
    """Whoever works on the line: hazards are mostly found in the field."""
    return may_work_on_line(user, line)


def may_handle_hazard(user: Person, line: BoundaryLine | int) -> bool:
    """Measures, meetings, deadlines, closing: an officer over either side."""
    return may_edit_line(user, line)


def may_reopen_hazard(user: Person, line: BoundaryLine | int) -> bool:
    return may_approve_line(user, line)


def may_edit_hazard_criteria(user: Person) -> bool:
    """One assessment for the whole register."""
    return holds_over_whole_register(user, [Duty.DIVISION_OFFICER])


def _lines_of_marker(marker: BoundaryMarker | int) -> list[int]:
    key = marker if isinstance(marker, int) else marker.pk
    return list(BoundaryLine.objects.filter(markers=key).values_list("pk", flat=True))


def _sides_of_marker(marker: BoundaryMarker | int) -> list[int]:
    key = marker if isinstance(marker, int) else marker.pk
    held = MarkerSide.objects.filter(record__marker=key, record__recorded__upper_inf=True)
    return sorted(set(held.values_list("division", flat=True)))


def _holds_over_any(user: Person, duties: Iterable[Duty], divisions: Iterable[int]) -> bool:
    """`holds_over` for the first that fits; a duty without a limit needs no division at all."""
    duties = list(duties)
    return holds(user, duties, ()) or any(holds_over(user, duties, division) for division in divisions)


FIELD_DUTIES = (Duty.FIELD_INSPECTOR, Duty.DIVISION_OFFICER)


def may_bring_from_field(user: Person) -> bool:
    """Opening the phones' page and sending files ahead in chunks; each thing that arrives is asked for with `may_work_in_field`."""
    return holds_anywhere(user, FIELD_DUTIES)


def may_work_in_field(user: Person, inspection: JointInspection) -> bool:
    """Tracks, visits and photos of an inspection, and judging them: the line's people, and those of the third side."""
    return may_work_on_line(user, inspection.line_id) or (
        inspection.third_id is not None and works_in_field_for(user, inspection.third_id)
    )


def works_in_field_for(user: Person, side: Division | int) -> bool:
    return holds_over(user, FIELD_DUTIES, side)
