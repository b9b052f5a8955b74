"""What a decision says, act by act. Units are named by their id, or by the `ref` under which an earlier act makes them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import ClassVar

import shapely

from boundaries.changes.register import Key
from boundaries.rules.acts import ActKind


class ExtentKind(StrEnum):
    """How the ground an act takes is described."""

    WHOLE = "whole"
    VILLAGES = "villages"
    LINE = "line"
    AREA = "area"
    UNSTATED = "unstated"


@dataclass(frozen=True, slots=True)
class Extent:
    """Ground taken from a unit.

    WHOLE     all that is left of it
    VILLAGES  the units directly below it that are named in `villages`
    LINE      what lies on the side of `point` of the dividing line `shape`
    AREA      what of it lies in the polygon `shape`
    UNSTATED  a part nobody has described

    With LINE and AREA the units below go with the ground they lie on; `villages` names those that go along although they have no
    geometry or are cut (None: nothing was said about them).
    """

    kind: ExtentKind
    villages: tuple[Key, ...] | None = None
    shape: shapely.Geometry | None = None
    point: shapely.Point | None = None


WHOLE = Extent(ExtentKind.WHOLE)


@dataclass(frozen=True, slots=True)
class Part:
    unit: Key
    extent: Extent = WHOLE


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit to be made. `parent` None: that of the unit it comes from. `code`: its legal code where the document gives one."""

    ref: str
    name: str
    type: str
    parent: Key | None = None
    seat: shapely.Point | None = None
    seat_grade: str = "indicative"
    code: str = ""


@dataclass(frozen=True, slots=True)
class Establish:
    """设立, out of parts of other units; without parts nothing is known of where its ground came from."""

    kind: ClassVar = ActKind.ESTABLISH
    new: NewUnit
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Abolish:
    """撤销. What is left of the unit goes to `into`; None: other acts say where its ground goes."""

    kind: ClassVar = ActKind.ABOLISH
    unit: Key
    into: Key | None = None


@dataclass(frozen=True, slots=True)
class Rename:
    """更名; the unit stays what it is."""

    kind: ClassVar = ActKind.RENAME
    unit: Key
    name: str


@dataclass(frozen=True, slots=True)
class ChangeType:
    """改变建制类型 (撤乡设镇): the unit is abolished and another established with the same ground."""

    kind: ClassVar = ActKind.CHANGE_TYPE
    unit: Key
    new: NewUnit


@dataclass(frozen=True, slots=True)
class TransferVillages:
    """村居划转. `source` is only checked: villages know where they lie."""

    kind: ClassVar = ActKind.TRANSFER_VILLAGES
    villages: tuple[Key, ...]
    to: Key
    source: Key | None = None


@dataclass(frozen=True, slots=True)
class ChangeBoundary:
    """界线变更: ground goes from `source` to `to`."""

    kind: ClassVar = ActKind.CHANGE_BOUNDARY
    source: Key
    to: Key
    extent: Extent


@dataclass(frozen=True, slots=True)
class ChangeAffiliation:
    """隶属（代管）变更: the unit and all below it come under another parent."""

    kind: ClassVar = ActKind.CHANGE_AFFILIATION
    unit: Key
    parent: Key


@dataclass(frozen=True, slots=True)
class MoveSeat:
    """驻地迁移. Without `seat` the new place is not known as a point, and the old one no longer holds."""

    kind: ClassVar = ActKind.MOVE_SEAT
    unit: Key
    seat: shapely.Point | None = None
    seat_grade: str = "indicative"
    place: str = ""


@dataclass(frozen=True, slots=True)
class Recode:
    """代码变更 of the legal code."""

    kind: ClassVar = ActKind.RECODE
    unit: Key
    code: str


@dataclass(frozen=True, slots=True)
class Split:
    """析置: a new unit is made out of a part, the unit itself goes on."""

    kind: ClassVar = ActKind.SPLIT
    unit: Key
    new: NewUnit
    extent: Extent


@dataclass(frozen=True, slots=True)
class Merge:
    """合并: the units end; their ground goes to one of them, to another unit, or to a new one."""

    kind: ClassVar = ActKind.MERGE
    units: tuple[Key, ...]
    into: Key | NewUnit


Act = (
    Establish
    | Abolish
    | Rename
    | ChangeType
    | TransferVillages
    | ChangeBoundary
    | ChangeAffiliation
    | MoveSeat
    | Recode
    | Split
    | Merge
)


@dataclass(frozen=True)
class Decision:
    """Acts in their order, all taking effect on `day`. `codes`: legal codes the document gives to units that are coded anew.

    `coded`: whoever determines codes has accepted the ones that follow in sequence (CODE-07). Otherwise a code that is not given is
    asked for, with the next in sequence as a proposal, and the register goes without it until it is determined.
    """

    day: date
    acts: tuple[Act, ...]
    codes: Mapping[Key, str] = field(default_factory=dict)
    coded: bool = True
