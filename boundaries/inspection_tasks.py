"""Who has which stretch of an inspection and which of its markers. Read only.

A marker's task follows the stretches it stands in, of whichever side, unless it was given to somebody by name.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from boundaries import spans
from boundaries.models import InspectionMember, JointInspection, LineSegment
from boundaries.policies import FIELD_DUTIES
from gis.accounts.models import DutyAssignment, User

# A marker that stands where two stretches meet, or at the end of the line by a rounding, belongs to a stretch this near.
_NEAR_M = 1.0


@dataclass(frozen=True)
class Given:
    """A stretch in metres of chainage with the people it was given to."""

    id: int
    from_m: float
    to_m: float
    people: tuple[InspectionMember, ...]

    @property
    def length_m(self) -> float:
        return self.to_m - self.from_m


@dataclass(frozen=True)
class Tasks:
    """`by_name`: markers given to somebody by name."""

    stretches: tuple[Given, ...]
    by_name: Mapping[int, tuple[InspectionMember, ...]]

    def of_marker(self, marker: int, chainage_m: float | None) -> tuple[InspectionMember, ...]:
        """Whose task the marker is, each once, in the order of the stretches."""
        if self.by_name.get(marker):
            return self.by_name[marker]
        if chainage_m is None:
            return ()
        around = [one for one in self.stretches if one.from_m <= chainage_m < one.to_m]
        if not around:
            around = [one for one in self.stretches if one.from_m - _NEAR_M <= chainage_m <= one.to_m + _NEAR_M]
        return tuple({person.pk: person for one in around for person in one.people}.values())

    def left_over(self, whole: spans.Span, people: Iterable[int]) -> list[spans.Span]:
        """What of `whole` is given to none of these members."""
        wanted = set(people)
        return spans.missing(
            ((one.from_m, one.to_m) for one in self.stretches if any(person.pk in wanted for person in one.people)), whole
        )


def tasks_given(inspection: JointInspection) -> Tasks:
    """Four statements, whatever the number of stretches and markers."""
    return Tasks(
        tuple(
            Given(one.pk, one.from_m, one.to_m, tuple(one.people.all())) for one in inspection.stretches.prefetch_related("people")
        ),
        {one.marker_id: tuple(one.people.all()) for one in inspection.marker_assignments.prefetch_related("people")},
    )


def accounts_of_side(inspection: JointInspection, side: int) -> list[User]:
    """Whom a member of that side may be: accounts that work in the field for it, or for a lower division along the line there."""
    segments = LineSegment.objects.filter(record__line=inspection.line_id, record__recorded__upper_inf=True)
    below = {
        *segments.filter(record__side_a=side, side_a__isnull=False).values_list("side_a", flat=True),
        *segments.filter(record__side_b=side, side_b__isnull=False).values_list("side_b", flat=True),
    }
    held = DutyAssignment.objects.filter(ended=None, duty__in=FIELD_DUTIES, area__in={side, *below})
    return list(User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("username"))
