"""What people state about a change beyond its acts, and the paper that approves it: the input of the rules on changes.

`read_case` makes a `Case` from the JSON kept with a decision; every field may be missing, and is then not stated:

    reasons, facts             TEXT; {history, geography, ethnic, economy, people, resources, area, subordination: TEXT}
    plan_author                TEXT, who made the plan
    boundary, territory        TEXT, the boundary and the destination of the ground in words
    seats                      {KEY: {"old": TEXT, "new": TEXT}}, the village each seat is in
    signed_by, failure_record  [TEXT] who planned jointly; TEXT, the record that the parties did not agree
    opinions                   [{"department": ID, "document": TEXT, "not_needed": TEXT}]
    departments                [ID], further departments the case touches (planning, ethnic, foreign)
    autonomous_record          TEXT, the record of full consultation in an autonomous area
    approver_body              one of authorities.Body where the approver's name does not say it
    mandate, filed             TEXT, a department's mandate; the filing with the State Council
    scope, scope_reason        "partial" or "major", of a county-level boundary
    touches                    [one of authorities.Touch]
    established_by             {KEY: TEXT}, who approved the establishment of an outpost
    minority_share             NUMBER, per cent
    ethnic_document            TEXT
    code_determiner            one of code_changes.Determiner: who determined the codes of townships
    county_code_determiner     the same for codes down to the county, which are another's to determine
    code_document              TEXT

KEY is a division's number or a ref of the decision, as text.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from boundaries.rules.authorities import Body, BoundaryScope, Touch
from boundaries.rules.code_changes import Determiner
from boundaries.rules.consultation import DEPARTMENTS, Opinion
from boundaries.rules.dossier import Attachment

# 基本情况 as 行政区划管理条例第十三条第二项 names them.
FACTS: Mapping[str, tuple[str, str]] = {
    "history": ("历史", "history"),
    "geography": ("地理", "geography"),
    "ethnic": ("民族", "ethnic groups"),
    "economy": ("经济", "economy"),
    "people": ("人口", "people"),
    "resources": ("资源环境", "resources and environment"),
    "area": ("面积", "area"),
    "subordination": ("隶属关系", "subordination"),
}
LONGEST_TEXT = 20_000
LONGEST_LINE = 300


class CaseError(ValueError):
    """A statement that cannot be read; `field` names it."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


@dataclass(frozen=True, slots=True)
class Seat:
    """The next-lower units a seat was and will be in; empty = not stated."""

    old: str = ""
    new: str = ""


@dataclass(frozen=True)
class Case:
    """Empty = not stated."""

    reasons: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    plan_author: str = ""
    boundary: str = ""
    territory: str = ""
    seats: Mapping[str, Seat] = field(default_factory=dict)
    signed_by: tuple[str, ...] = ()
    failure_record: str = ""
    opinions: tuple[Opinion, ...] = ()
    departments: frozenset[str] = frozenset()
    autonomous_record: str = ""
    approver_body: Body | None = None
    mandate: str = ""
    filed: str = ""
    scope: BoundaryScope | None = None
    scope_reason: str = ""
    touches: frozenset[Touch] = frozenset()
    established_by: Mapping[str, str] = field(default_factory=dict)
    minority_share: Decimal | None = None
    ethnic_document: str = ""
    code_determiner: Determiner | None = None
    county_code_determiner: Determiner | None = None
    code_document: str = ""


@dataclass(frozen=True)
class Paper:
    """The decision as a document. None or empty = not there yet.

    establishers: who approved the establishment of an outpost, as the register has it, by the division's id.
    """

    approver: str = ""
    approved_on: date | None = None
    document_number: str = ""
    text: str = ""
    attachments: tuple[Attachment, ...] = ()
    establishers: Mapping[int, str] = field(default_factory=dict)


def read_case(data: Any) -> Case:
    """Raises `CaseError` naming the first field that is not what it should be, or that nobody knows."""
    if not isinstance(data, dict):
        raise CaseError("case")
    reader = _Reader(dict(data))
    case = Case(
        reasons=reader.text("reasons"),
        facts=reader.texts("facts", FACTS),
        plan_author=reader.line("plan_author"),
        boundary=reader.text("boundary"),
        territory=reader.text("territory"),
        seats=reader.seats(),
        signed_by=reader.lines("signed_by"),
        failure_record=reader.line("failure_record"),
        opinions=reader.opinions(),
        departments=frozenset(reader.choices("departments", {one.id for one in DEPARTMENTS})),
        autonomous_record=reader.line("autonomous_record"),
        approver_body=reader.choice("approver_body", Body),
        mandate=reader.line("mandate"),
        filed=reader.line("filed"),
        scope=reader.choice("scope", BoundaryScope),
        scope_reason=reader.text("scope_reason"),
        touches=frozenset(Touch(one) for one in reader.choices("touches", set(Touch))),
        established_by=reader.texts("established_by"),
        minority_share=reader.percent("minority_share"),
        ethnic_document=reader.line("ethnic_document"),
        code_determiner=reader.choice("code_determiner", Determiner),
        county_code_determiner=reader.choice("county_code_determiner", Determiner),
        code_document=reader.line("code_document"),
    )
    reader.finish()
    return case


class _Reader:
    """The fields of the JSON object, each asked for once."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    def finish(self) -> None:
        if self.data:
            raise CaseError(str(min(self.data, key=str)))

    def text(self, name: str, longest: int = LONGEST_TEXT) -> str:
        return self._as_text(name, self.data.pop(name, ""), longest)

    def line(self, name: str) -> str:
        return self.text(name, LONGEST_LINE)

    def _as_text(self, name: str, value: Any, longest: int) -> str:
        if not isinstance(value, str) or len(value) > longest or any(one < " " and one not in "\r\n\t" for one in value):
            raise CaseError(name)
        return value.strip()

    def lines(self, name: str) -> tuple[str, ...]:
        values = self._list(name)
        return tuple(line for value in values if (line := self._as_text(name, value, LONGEST_LINE)))

    def _list(self, name: str) -> list[Any]:
        value = self.data.pop(name, [])
        if not isinstance(value, list) or len(value) > 200:
            raise CaseError(name)
        return value

    def _map(self, name: str) -> dict[str, Any]:
        value = self.data.pop(name, {})
        if not isinstance(value, dict) or len(value) > 500 or not all(isinstance(key, str) for key in value):
            raise CaseError(name)
        return value

    def texts(self, name: str, known: Collection[str] | None = None) -> Mapping[str, str]:
        found = self._map(name)
        if known is not None and not set(found) <= set(known):
            raise CaseError(name)
        return {key: text for key, value in found.items() if (text := self._as_text(name, value, LONGEST_TEXT))}

    def seats(self) -> Mapping[str, Seat]:
        found = {}
        for key, value in self._map("seats").items():
            if not isinstance(value, dict) or not set(value) <= {"old", "new"}:
                raise CaseError("seats")
            found[key] = Seat(*(self._as_text("seats", value.get(side, ""), LONGEST_LINE) for side in ("old", "new")))
        return found

    def opinions(self) -> tuple[Opinion, ...]:
        found = []
        for value in self._list("opinions"):
            if not isinstance(value, dict) or not set(value) <= {"department", "document", "not_needed"}:
                raise CaseError("opinions")
            if value.get("department") not in {one.id for one in DEPARTMENTS}:
                raise CaseError("opinions")
            texts = [self._as_text("opinions", value.get(part, ""), LONGEST_LINE) for part in ("document", "not_needed")]
            found.append(Opinion(value["department"], *texts))
        return tuple(found)

    def choices(self, name: str, known: Collection[str]) -> list[str]:
        values = self._list(name)
        if not all(isinstance(value, str) and value in known for value in values):
            raise CaseError(name)
        return values

    def choice(self, name: str, kind: Any) -> Any:
        value = self.data.pop(name, "")
        if value in ("", None):
            return None
        if not isinstance(value, str) or value not in set(kind):
            raise CaseError(name)
        return kind(value)

    def percent(self, name: str) -> Decimal | None:
        value = self.data.pop(name, None)
        if value in (None, ""):
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise CaseError(name)
        try:
            share = Decimal(str(value))
        except ArithmeticError as error:
            raise CaseError(name) from error
        if not share.is_finite() or not 0 <= share <= 100:
            raise CaseError(name)
        return share
