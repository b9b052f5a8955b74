"""What a naming case can be about, and who decides on it (条例第十二条).

Names of divisions and of their committees are not among them: those are the register's and change by a decision on divisions.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

from placenames.rules.classes import PlaceClass, tree
from placenames.rules.naming_cases import APPROVERS
from placenames.rules.naming_kinds import NamedKind


class Act(StrEnum):
    NAMING = "naming"
    RENAMING = "renaming"
    CANCELLING = "cancelling"


class Approver(StrEnum):
    """The bodies of 条例第十二条 that approve what a case is about. AS_RULED: as the province rules; that rule was not seen."""

    GOVERNMENT = "government"
    HOUSING = "housing"
    DEPARTMENT = "department"
    CIVIL_AFFAIRS = "civil_affairs"
    AS_RULED = "as_ruled"


CASE_KINDS: Final = (
    NamedKind.ROAD, NamedKind.COMPOUND, NamedKind.BUILDING, NamedKind.NATURAL_VILLAGE, NamedKind.NATURAL, NamedKind.FACILITY,
)  # fmt: skip

# Beginnings of classes (GB/T 18521), the usual class of the kind first.
CLASSES: Final[Mapping[NamedKind, tuple[str, ...]]] = {
    NamedKind.ROAD: ("23514", "2321"),
    NamedKind.COMPOUND: ("221",),
    NamedKind.BUILDING: ("26",),
    NamedKind.NATURAL_VILLAGE: ("222",),
    NamedKind.NATURAL: ("12", "13", "11"),
    NamedKind.FACILITY: ("252", "236", "24", "23", "253", "217"),
}

APPROVER_WORDS: Final[Mapping[Approver, str]] = {
    Approver.GOVERNMENT: "市、县级人民政府",
    Approver.HOUSING: "住房和城乡建设主管部门（征求同级民政部门意见）",
    Approver.DEPARTMENT: "有关主管部门（征求所在地人民政府意见）",
    Approver.CIVIL_AFFAIRS: "民政部门",
    Approver.AS_RULED: "省规定的机关",
}
# Who these ask first, as the paper is called.
ASKED_BEFORE: Final[Mapping[Approver, str]] = {
    Approver.HOUSING: "同级民政部门的意见",
    Approver.DEPARTMENT: "所在地人民政府的意见",
}
# Departments other than 民政: their notice is counted from the filing (条例第十四条).
OTHER_DEPARTMENTS: Final = frozenset({Approver.HOUSING, Approver.DEPARTMENT})
# To whom a name is filed (条例第十三条), by who approved.
FILED_WITH: Final[Mapping[Approver, str]] = {
    Approver.GOVERNMENT: "上一级人民政府（由其民政部门受理）",
    Approver.HOUSING: "同级民政部门",
    Approver.DEPARTMENT: "同级民政部门",
    Approver.CIVIL_AFFAIRS: "上一级民政部门",
    Approver.AS_RULED: "按批准机关确定",
}


def approver_of(kind: NamedKind) -> Approver:
    """Who approves names of a kind; AS_RULED where the text leaves it to provincial rules that were not seen."""
    wanted = APPROVERS[kind]
    return next((one for one, words in APPROVER_WORDS.items() if words == wanted), Approver.AS_RULED)


def choices_of(kind: NamedKind) -> tuple[Approver, ...]:
    """The bodies that may be chosen: one where the law names it, else all."""
    wanted = approver_of(kind)
    return (wanted,) if wanted is not Approver.AS_RULED else (Approver.GOVERNMENT, Approver.CIVIL_AFFAIRS, Approver.AS_RULED)


def classes_of(kind: NamedKind) -> list[PlaceClass]:
    """The known classes a place of this kind may have, its usual one first."""
    found = []
    for start in CLASSES[kind]:
        found += [one for digits, one in sorted(tree().items()) if digits.startswith(start) and one not in found]
    return found


def kind_of_record(place_class: str) -> NamedKind | None:
    """The kind a recorded class belongs to: the longest beginning that is known."""
    fitting = [(len(start), kind) for kind, starts in CLASSES.items() for start in starts if place_class.startswith(start)]
    return max(fitting, key=lambda one: one[0])[1] if fitting else None
