"""What a plan of changes does to names on lists (NAME-REN-02, NAME-REN-03) and to naming cases; told in every preview."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from boundaries import impacts
from boundaries.changes import Plan
from boundaries.changes.register import State
from boundaries.impacts import Impact
from placenames.models import HeritageKind, HeritageListing, NamingCase, PlaceNameRecord
from placenames.naming_register import names_of_areas
from placenames.rules.case_states import UNDER_WAY
from placenames.rules.naming_cases import check_ancient_town
from placenames.rules.naming_kinds import NamedKind

_SHOWN = 20


def register() -> None:
    impacts.register("listed_names", listed_names)
    impacts.register("naming_cases", naming_cases)


def listed_names(plan: Plan) -> Iterator[Impact]:
    """Names on lists whose division changes its name or kind, or goes; and listed places in divisions that go."""
    listings = HeritageListing.objects.filter(recorded__upper_inf=True, place__division__in=plan.touched)
    rows = [(row, row.place.division_id) for row in listings.select_related("place").order_by("pk") if row.place.division_id]
    names = names_of_areas([division for _row, division in rows])
    broken, renamed = [], []
    for row, division in rows:
        before, after = _before(plan, division), _after(plan, division)
        if before is None:
            continue
        towns = any(one.type == "town" for one in after)
        becomes = NamedKind.TOWN if towns else NamedKind.SUBDISTRICT
        if after and check_ancient_town(row.kind == HeritageKind.ANCIENT_TOWN, becomes):
            broken.append(row)
        if not any(one.proper_name == before.proper_name for one in after):
            renamed.append(row)
    if broken:
        needs = _("改设后不再符合千年古镇“今为建制镇”的条件（NAME-REN-03），请先研究保护措施并说明。")
        yield Impact("heritage_criteria", _("将不再符合条件的千年古镇"), len(broken), _items(broken, names), needs)
    if renamed:
        needs = _("列入名录的地名一般不得更名；确需更名的，批准前须有保护措施（NAME-REN-02）。")
        yield Impact("heritage_names", _("将改变或停用的名录地名"), len(renamed), _items(renamed, names), needs)
    yield from _places_within(plan)


def _places_within(plan: Plan) -> Iterator[Impact]:
    """Listed places that are no divisions and lie in one that goes."""
    ended = [one.unit for one in plan.closed if one.ends]
    inside = PlaceNameRecord.objects.current().filter(
        valid__upper_inf=True, area__in=ended, place__listings__recorded__upper_inf=True
    )
    found = list(inside.distinct().order_by("pk").values_list("place", "name"))
    if found:
        items = tuple({"label": name, "url": reverse("heritage-place", args=[place])} for place, name in found[:_SHOWN])
        needs = _("名录地名的所在行政区须改记为新的区划，名称不变。")
        yield Impact("heritage_places", _("所在区划将撤销的名录地名"), len(found), items, needs)


def naming_cases(plan: Plan) -> Iterator[Impact]:
    """Cases under way in divisions that go: they can no longer be checked or handed to review."""
    ended = [one.unit for one in plan.closed if one.ends]
    rows = NamingCase.objects.filter(area__in=ended, state__in=UNDER_WAY).defer("evaluation", "notice", "location")
    items = tuple({"label": str(one), "url": reverse("naming-case", args=[one.pk])} for one in rows[:_SHOWN])
    yield Impact("naming_cases", _("办理中的地名案"), rows.count(), items, _("先办结，或撤回后按新的区划重新申请。"))


def _before(plan: Plan, division: int) -> State | None:
    return next((one.state for one in plan.closed if one.unit == division), None)


def _after(plan: Plan, division: int) -> list[State]:
    """What the division is on the day, or what came out of it."""
    own = [one.state for one in plan.opened if one.unit == division]
    if own:
        return own
    successors = {edge.successor for edge in plan.lineage if edge.predecessor == division}
    return [one.state for one in plan.opened if one.unit in successors]


def _items(rows: list[HeritageListing], names: dict[int, str]) -> tuple[dict[str, str], ...]:
    return tuple(
        {
            "label": f"{names.get(row.place.division_id or 0, '')}（{row.get_kind_display()}）",
            "url": reverse("heritage-place", args=[row.place_id]),
        }
        for row in rows[:_SHOWN]
    )
