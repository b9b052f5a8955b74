"""The register as it becomes while the acts are carried out one after the other: mutable, seen by `make_plan` alone.

Ground is followed in atoms. An atom knows the unit it belonged to before the decision, so shares of area come out right however
many acts it passes through.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import shapely

from boundaries.changes import shapes
from boundaries.changes.acts import Extent, ExtentKind, NewUnit
from boundaries.changes.errors import ChangeError
from boundaries.changes.register import LEVEL_OF_TYPE, VILLAGE, Key, Register, State, Unit, lower_grade
from boundaries.rules import names
from gis.crs import area_m2

# Villages that stick out of their township by more than this share of their area are not inside it.
_INSIDE = 0.01
# A unit below counts as lying on one side of a cut when no more than this share of it is on the other.
_ON_ONE_SIDE = 1e-6


@dataclass(slots=True)
class Atom:
    """Ground that was `origin`'s before the decision. `geometry` None: not known. `act`: the first act that moved it."""

    origin: Key
    geometry: shapely.Geometry | None
    grade: str
    act: int | None = None


@dataclass(slots=True)
class Working:
    """One unit. `before` is its state until the decision, None for a unit the decision makes.

    blurred   ground of unknown extent left or came: the geometry is no longer exact
    unstated  an act took an undescribed part, so what is left cannot be judged
    """

    key: Key
    before: State | None
    source: Unit | None
    name: str
    type: str
    level: int
    parent: Key | None
    seat: shapely.Point | None
    seat_grade: str
    atoms: list[Atom] = field(default_factory=list)
    alive: bool = True
    blurred: bool = False
    unstated: bool = False
    made_by: int | None = None
    ended_by: int | None = None
    acts: list[int] = field(default_factory=list)

    def note(self, act: int) -> None:
        if act not in self.acts:
            self.acts.append(act)


class World:
    """`act` is the position of the act being carried out; errors name it."""

    def __init__(self, register: Register, day: date) -> None:
        self.register = register
        self.day = day
        self.act = 0
        self.units: dict[Key, Working] = {}
        for unit, state in register.on(day):
            atom = Atom(unit.key, state.geometry, state.grade)
            self.units[unit.key] = Working(
                unit.key, state, unit, state.name, state.type, state.level, state.parent, state.seat, state.seat_grade, [atom]
            )

    # --- asking -----------------------------------------------------------------------------------------------------

    def error(self, code: str, zh: str, en: str, **details: object) -> ChangeError:
        return ChangeError(code, zh, en, self.act, **details)

    def unit(self, key: Key) -> Working:
        """The unit, in force at this point of the decision."""
        unit = self.standing(key)
        if not unit.alive:
            raise self.error(
                "already_abolished",
                f"{unit.name}已被本批复前面的事项撤销。",
                f"{unit.name} was abolished by an earlier act of this decision.",
                unit=key,
            )
        return unit

    def standing(self, key: Key) -> Working:
        """The unit, also when an earlier act has abolished it: its ground may still be given away."""
        found = self.units.get(key)
        if found is not None:
            return found
        if isinstance(key, str):
            raise self.error("unknown_reference", f"前面的事项没有设立“{key}”。", f"No earlier act makes “{key}”.", unit=key)
        unit = self.register.units.get(key)
        if unit is None or not unit.states:
            raise self.error("unknown_unit", f"登记中没有编号为 {key} 的区划。", f"No division has the number {key}.", unit=key)
        raise self._not_in_force(unit)

    def _not_in_force(self, unit: Unit) -> ChangeError:
        later = unit.after(self.day)
        state = later or max(unit.states, key=lambda one: one.since)
        if later is not None:
            zh = f"{state.name}在{self.day}尚不在册，登记中最早见于{state.since}。"
            en = f"{state.name} is not in force on {self.day}; the register has it from {state.since}."
        else:
            zh = f"{state.name}在{self.day}已不在册，止于{state.until}。"
            en = f"{state.name} is not in force on {self.day}; it ended on {state.until}."
        return self.error("not_in_force", zh, en, unit=unit.key)

    def children(self, key: Key) -> list[Working]:
        return [unit for unit in self.units.values() if unit.parent == key and unit.alive]

    def alive(self) -> Iterator[Working]:
        return (unit for unit in self.units.values() if unit.alive)

    def ground(self, unit: Working) -> shapely.Geometry | None:
        """All of the unit's ground, None when some of it is not known."""
        known = [atom.geometry for atom in unit.atoms if atom.geometry is not None]
        if not known or len(known) < len(unit.atoms):
            return None
        return known[0] if len(known) == 1 else shapes.together(known)

    # --- making and ending ------------------------------------------------------------------------------------------

    def make(self, new: NewUnit, parent: Key | None, seat_of: Working | None = None) -> Working:
        if new.ref in self.units:
            raise self.error("reference_used", f"“{new.ref}”已经用过。", f"“{new.ref}” is used twice.", unit=new.ref)
        level = LEVEL_OF_TYPE.get(new.type)
        if level is None:
            raise self.error("unknown_type", f"没有“{new.type}”这一建制类型。", f"There is no type “{new.type}”.")
        name = self._checked_name(new.name, level, new.type)
        above = self.unit(new.parent) if new.parent is not None else None
        parent = above.key if above is not None else parent
        if above is not None and above.level >= level:
            raise self.error(
                "parent_too_low", f"{above.name}不能是{name}的上级。", f"{above.name} cannot be above {name}.", unit=above.key
            )
        seat, grade = new.seat, new.seat_grade if new.seat is not None else ""
        if seat is None and seat_of is not None:
            seat, grade = seat_of.seat, seat_of.seat_grade
        unit = Working(new.ref, None, None, name, new.type, level, parent, seat, grade, made_by=self.act)
        unit.note(self.act)
        self.units[new.ref] = unit
        return unit

    def rename(self, unit: Working, name: str) -> None:
        unit.name = self._checked_name(name, unit.level, unit.type)
        unit.note(self.act)

    def _checked_name(self, text: str, level: int, kind: str) -> str:
        name = names.clean(text)
        if not name:
            raise self.error("name_missing", "没有写明名称。", "The name is missing.")
        said = names.split(name, level).type
        if "unknown" not in (said, kind) and said != kind and level < VILLAGE and {said, kind} != {"township", "ethnic_township"}:
            raise self.error(
                "name_contradicts_type",
                f"名称“{name}”的通名与建制类型不符。",
                f"The generic term of “{name}” is of another type.",
                name=name,
            )
        return name

    def end(self, unit: Working) -> None:
        if unit.source is not None and all(state.since >= self.day for state in unit.source.states):
            raise self.error(
                "began_same_day",
                f"{unit.name}自{self.day}起才在册，不能同日撤销。",
                f"{unit.name} begins on {self.day} and cannot end on the same day.",
                unit=unit.key,
            )
        unit.alive = False
        unit.ended_by = self.act
        unit.note(self.act)

    # --- moving ground ----------------------------------------------------------------------------------------------

    def move(self, source: Working, target: Working, extent: Extent) -> None:
        """Ground goes from one unit to another of the same level, with what lies below; what lies above follows."""
        if source is target:
            raise self.error("same_unit", f"{source.name}不能划给自己。", f"{source.name} cannot go to itself.", unit=source.key)
        if source.level != target.level:
            raise self.error(
                "levels_differ", f"{source.name}与{target.name}不是同级。", f"{source.name} and {target.name} differ in level."
            )
        children, piece, whole = self._described(source, extent)
        for child in children:
            child.parent = target.key
            child.note(self.act)
        drawn = extent.kind in (ExtentKind.LINE, ExtentKind.AREA)
        moved = self._move_atoms(source, target, piece, whole, children, drawn=drawn, strict=not drawn)
        source.unstated = source.unstated or extent.kind is ExtentKind.UNSTATED
        self._above(source.parent, target.parent, moved)

    def bring_under(self, unit: Working, parent: Working) -> None:
        """Another parent for the unit; the ground goes along above."""
        if parent.level >= unit.level:
            raise self.error(
                "parent_too_low",
                f"{parent.name}不能是{unit.name}的上级。",
                f"{parent.name} cannot be above {unit.name}.",
                unit=parent.key,
            )
        if unit.parent == parent.key:
            raise self.error(
                "parent_unchanged", f"{unit.name}已属{parent.name}。", f"{unit.name} is already under {parent.name}.", unit=unit.key
            )
        former, unit.parent = unit.parent, parent.key
        unit.note(self.act)
        self._above(former, parent.key, self.ground(unit))

    def _above(self, former: Key | None, present: Key | None, moved: shapely.Geometry | None) -> None:
        """The same piece goes from parent to parent, up to where both are one."""
        while former != present and (former in self.units or present in self.units):
            source = self.units.get(former) if former is not None else None
            target = self.units.get(present) if present is not None else None
            # Where one branch has a level more (省直辖), ground leaves or enters that level on one side only.
            if source is not None and (target is None or source.level > target.level):
                self._lose(source, moved)
                former = source.parent
            elif target is not None and (source is None or target.level > source.level):
                self._gain(target, moved)
                present = target.parent
            elif source is not None and target is not None:
                if source.atoms:  # an abolished parent may have given all away before
                    self._move_atoms(source, target, moved)
                former, present = source.parent, target.parent

    def _lose(self, unit: Working, piece: shapely.Geometry | None) -> None:
        nowhere = Working("", None, None, "", "", unit.level, None, None, "")
        self._move_atoms(unit, nowhere, piece)

    def _gain(self, unit: Working, piece: shapely.Geometry | None) -> None:
        unit.note(self.act)
        unit.blurred = unit.blurred or piece is None
        if piece is not None:
            unit.atoms.append(Atom(unit.key, piece, unit.atoms[0].grade if unit.atoms else "indicative", self.act))

    def _move_atoms(
        self,
        source: Working,
        target: Working,
        piece: shapely.Geometry | None,
        whole: bool = False,
        children: Iterable[Working] = (),
        *,
        drawn: bool = False,
        strict: bool = False,
    ) -> shapely.Geometry | None:
        """Returns the ground that moved, None when it is not known. `strict`: it must lie in the source."""
        source.note(self.act)
        target.note(self.act)
        if whole:
            moved = self.ground(source)
            for atom in source.atoms:
                atom.act = self.act if atom.act is None else atom.act
            target.atoms += source.atoms
            target.blurred = target.blurred or source.blurred
            source.atoms = []
            return moved
        if piece is None or not any(atom.geometry is not None for atom in source.atoms):
            self._move_unknown(source, target, piece, children)
            return piece
        kept: list[Atom] = []
        gone: list[shapely.Geometry] = []
        for atom in source.atoms:
            taken, rest = (None, None) if atom.geometry is None else shapes.split_by_area(atom.geometry, piece)
            grade = lower_grade(atom.grade, "indicative") if drawn else atom.grade
            if taken is not None:
                gone.append(taken)
                target.atoms.append(Atom(atom.origin, taken, grade, self.act if atom.act is None else atom.act))
            if rest is not None:
                kept.append(Atom(atom.origin, rest, grade if taken is not None else atom.grade, atom.act))
            elif atom.geometry is None:
                kept.append(atom)
        unknown = sorted({atom.origin for atom in kept if atom.geometry is None}, key=str)
        if unknown and not drawn and (beyond := self._beyond(piece, source)) is not None:
            # What is not of the ground that is known is of the ground that is not; somebody's drawing may reach beyond the unit.
            target.atoms += [Atom(one, beyond if len(unknown) == 1 else None, "indicative", self.act) for one in unknown]
            target.blurred = target.blurred or len(unknown) > 1
            source.blurred = True
            gone.append(beyond)
        inside = float(area_m2(np.array(gone, dtype=object)).sum()) if gone else 0.0
        if strict and inside < (1 - _INSIDE) * float(area_m2(piece)[0]):
            raise self.error(
                "not_inside",
                f"划出的区域不在{source.name}的范围内。",
                f"The ground does not lie inside {source.name}.",
                unit=source.key,
            )
        source.atoms = kept
        return shapes.together(gone) if gone else None

    @staticmethod
    def _beyond(piece: shapely.Geometry, source: Working) -> shapely.Geometry | None:
        """What of the piece lies outside all ground that is known of the source."""
        known = [atom.geometry for atom in source.atoms if atom.geometry is not None]
        return shapes.split_by_area(piece, shapes.together(known))[1]

    def _move_unknown(self, source: Working, target: Working, piece: shapely.Geometry | None, children: Iterable[Working]) -> None:
        """A part leaves whose extent is not known, or a unit that has none; where villages go, their origins are known."""
        origins = {atom.origin for atom in source.atoms}
        named = {parent for child in children if child.before is not None and (parent := child.before.parent) in origins}
        chosen = named or origins
        for origin in sorted(chosen, key=str):
            geometry = piece if len(chosen) == 1 else None
            target.atoms.append(Atom(origin, geometry, "indicative" if geometry is not None else "", self.act))
        source.blurred = True
        target.blurred = target.blurred or piece is None

    # --- what an extent means ---------------------------------------------------------------------------------------

    def _described(self, source: Working, extent: Extent) -> tuple[list[Working], shapely.Geometry | None, bool]:
        """(units below that go along, the piece or None, whether it is all that is left)."""
        below = self.children(source.key)
        if extent.kind is ExtentKind.WHOLE:
            if not source.atoms:
                raise self.error(
                    "nothing_left", f"{source.name}的区域已全部划出。", f"Nothing is left of {source.name}.", unit=source.key
                )
            return below, None, True
        if extent.kind is ExtentKind.UNSTATED:
            return [], None, False
        if extent.kind is ExtentKind.VILLAGES:
            chosen = self._villages_of(source, extent.villages or ())
            grounds = [self.ground(village) for village in chosen]
            known = [one for one in grounds if one is not None]
            piece = shapes.together(known) if len(known) == len(grounds) else None
            if len(chosen) == len(below) and self._is_all(source, piece):
                return chosen, None, True
            return chosen, piece, False
        piece = self._drawn(source, extent)
        return self._below_piece(source, below, piece, extent), piece, False

    def _is_all(self, source: Working, piece: shapely.Geometry | None) -> bool:
        """Whether the units below, all of them, are the whole unit: the register may not hold every village."""
        ground = self.ground(source)
        return ground is None or piece is None or bool(area_m2(piece)[0] > (1 - _INSIDE) * area_m2(ground)[0])

    def _villages_of(self, source: Working, keys: tuple[Key, ...]) -> list[Working]:
        if not keys:
            raise self.error("no_villages", "没有选定村（居）。", "No village is chosen.")
        chosen = [self.unit(key) for key in dict.fromkeys(keys)]
        astray = [village.name for village in chosen if village.parent != source.key]
        if astray:
            raise self.error(
                "village_not_in_unit",
                f"{'、'.join(astray)}不属{source.name}。",
                f"{', '.join(astray)} do not belong to {source.name}.",
                unit=source.key,
            )
        return chosen

    def _drawn(self, source: Working, extent: Extent) -> shapely.Geometry:
        ground = self.ground(source)
        if ground is None:
            raise self.error(
                "no_geometry",
                f"{source.name}没有范围数据，不能划线；请按村（居）划分，或注明范围不详。",
                f"{source.name} has no geometry; choose villages, or say that the extent is not stated.",
                unit=source.key,
            )
        if extent.shape is None or (extent.kind is ExtentKind.LINE and extent.point is None):
            raise self.error("extent_incomplete", "没有画出界线或没有指明划出的一侧。", "The line or its side is missing.")
        if extent.kind is ExtentKind.AREA:
            taken, rest = shapes.split_by_area(ground, extent.shape)
            if taken is None:
                raise self.error(
                    "not_inside", f"所画区域不在{source.name}内。", f"The area lies outside {source.name}.", unit=source.key
                )
            if rest is None:
                raise self.error(
                    "nothing_left", f"所画区域是{source.name}的全部。", f"The area is the whole of {source.name}.", unit=source.key
                )
            return taken
        assert extent.point is not None  # noqa: S101  asked above
        try:
            return shapes.split_by_line(ground, extent.shape, extent.point)[0]
        except shapes.NoCutError as refused:
            zh, en = _NO_CUT[refused.reason]
            raise self.error(f"line_{refused.reason}", zh.format(source.name), en.format(source.name), unit=source.key) from refused

    def _below_piece(self, source: Working, below: list[Working], piece: shapely.Geometry, extent: Extent) -> list[Working]:
        named = set(extent.villages or ())
        if named:
            self._villages_of(source, tuple(named))
        grounds = np.array([self.ground(child) for child in below], dtype=object)
        inside = area_m2(shapely.intersection(grounds, piece)) / area_m2(grounds)
        unknown = [child for child, share in zip(below, inside, strict=True) if np.isnan(share) and child.key not in named]
        if unknown and extent.villages is None:
            told = [child.name for child in unknown]
            raise self.error(
                "villages_unassigned",
                f"{'、'.join(told)}没有范围数据，请指明归哪一侧。",
                f"{', '.join(told)} have no geometry: say on which side they are.",
                unit=source.key,
                villages=[child.key for child in unknown],
            )
        cut = [
            child
            for child, share in zip(below, inside, strict=True)
            if _ON_ONE_SIDE < share < 1 - _ON_ONE_SIDE and extent.villages is None
        ]
        if cut:
            told = [child.name for child in cut]
            raise self.error(
                "line_cuts_villages",
                f"所画界线穿过{'、'.join(told)}；请改按村（居）划分，或逐一指明归属。",
                f"The line runs through {', '.join(told)}; choose whole villages, or say where each belongs.",
                unit=source.key,
                villages=[child.key for child in cut],
            )
        return [
            child
            for child, share in zip(below, inside, strict=True)
            if child.key in named or (share > 1 - _ON_ONE_SIDE and child.key not in named)
        ]


_NO_CUT = {
    "not_through": ("所画界线没有穿过{}，请把两端画到界外。", "The line does not run through {}; draw its ends beyond."),
    "ambiguous": ("所画界线在{}内自相交叉，分不出两侧。", "The line crosses itself inside {}; the sides cannot be told apart."),
    "point_outside": ("指明划出一侧的点不在{}内。", "The point that names the side lies outside {}."),
}
