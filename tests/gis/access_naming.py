"""The addresses of naming cases, notices and listed names, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from datetime import date
from typing import Any

from gis.accounts.models import Duty
from placenames.models import PaperClass
from placenames.services import heritage, naming_cases
from tests.gis.access_table import Access, fixed, of, post
from tests.placenames.cases import approved, listed, road

KEEPER = frozenset({Duty.PLACE_NAME_OFFICER})
CASE = of(pk="naming_case")
APPROVED = of(pk="approved_name")
LISTED = of(pk="listed_place")


def of_naming(there: Any) -> dict[str, Any]:
    """A draft that collides with a name in use, a name that is announced, and a listed place; all in the east."""
    keeper, reviewer = there.people[Duty.PLACE_NAME_OFFICER, "east"], there.people[Duty.REVIEWER, "east"]
    done = approved(keeper, reviewer, there.township, "东风路", date(2026, 1, 5), announced=date(2026, 1, 9))
    case = road(keeper, there.township, "东风路")
    paper = naming_cases.add_paper(keeper, case, case.version, PaperClass.OTHER, there.upload(), "材料")
    case.refresh_from_db()
    listing = listed(there.township, "ancient_town")
    shown = heritage.show(keeper, listing, "name_age", year=900, source="县志")
    answer = naming_cases.answer_finding(keeper, case, rule="NAME-DUP-05", code="duplicate", reason="不在同一建成区")
    return {
        "naming_case": case,
        "naming_paper": paper,
        "naming_answer": answer,
        "approved_name": done,
        "listed_place": listing.place,
        "evidence": shown,
    }


TABLE: dict[str, list[Access]] = {
    "naming-cases": [Access()],
    "naming-case-new": [
        Access(KEEPER),
        post(KEEPER, area_bound=True, data=fixed(act="naming", kind="road", area="419901201", name="西风路")),
    ],
    "naming-check": [Access(KEEPER, area_bound=True, query=fixed(name="西风路", kind="road", area="419901201"))],
    "naming-case": [Access(area_bound=True, args=CASE)],
    "naming-case-edit": [
        Access(KEEPER, area_bound=True, args=CASE),
        post(KEEPER, area_bound=True, args=CASE, data=lambda world: {"version": world.naming_case.version, "name": "东风路"}),
    ],
    "naming-case-step": [
        post(
            KEEPER,
            area_bound=True,
            args=lambda world: {"pk": world.naming_case.pk, "action": "submit"},
            data=lambda world: {"version": world.naming_case.version},
        )
    ],
    "naming-case-attach": [
        post(
            KEEPER,
            area_bound=True,
            args=CASE,
            data=lambda world: {"version": world.naming_case.version, "paper_class": "other", "file": world.upload()},
        )
    ],
    "naming-case-detach": [
        post(
            KEEPER,
            area_bound=True,
            args=of(pk="naming_case", paper="naming_paper"),
            data=lambda world: {"version": world.naming_case.version},
        )
    ],
    "naming-case-answer": [
        post(KEEPER, area_bound=True, args=CASE, data=fixed(rule="NAME-DUP-05", code="duplicate", reason="不在同一建成区"))
    ],
    "naming-case-unanswer": [post(KEEPER, area_bound=True, args=of(pk="naming_case", answer="naming_answer"))],
    "naming-case-notice": [Access(area_bound=True, args=APPROVED)],
    "naming-case-package": [Access(area_bound=True, args=APPROVED), post(area_bound=True, args=APPROVED)],
    "name-new": [
        Access(KEEPER),
        post(
            KEEPER,
            area_bound=True,
            data=fixed(
                name="无名沟",
                place_class="22200",
                area="419901201",
                status="in_use",
                secrecy="open",
                source="调查",
                valid_from="2026-01-05",
            ),
        ),
    ],
    "name-codes": [Access(KEEPER)],
    "name-codes-allot": [post(KEEPER, area_bound=True, data=of(area="township"))],
    "naming-notices": [Access(public=True)],
    "naming-notice": [Access(public=True, args=lambda world: {"number": world.approved_name.number})],
    "heritage": [Access()],
    "heritage-place": [Access(args=LISTED)],
    "heritage-show": [
        post(
            KEEPER,
            area_bound=True,
            args=LISTED,
            data=fixed(kind="ancient_town", criterion="name_age", year="900", source="县志"),
        )
    ],
}
