"""`make_plan`: all that follows from a decision, worked out before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import shapely

from boundaries.changes import shapes
from boundaries.changes.acts import Decision
from boundaries.changes.codes import CodeAssigned, CodeChanges, CodeNeeded, CodeRetired, code_changes
from boundaries.changes.errors import ChangeError
from boundaries.changes.lineage import Edge, edges
from boundaries.changes.perform import perform
from boundaries.changes.register import Key, Register, State, lower_grade
from boundaries.changes.topology import Topology, compare
from boundaries.changes.working import Working, World
from boundaries.rules import names


@dataclass(frozen=True, slots=True)
class Closed:
    """A record that ends on the day. `ends`: the unit itself ends with it."""

    unit: int
    state: State
    ends: bool


@dataclass(frozen=True, slots=True)
class Opened:
    """A record that begins on the day; `unit` is a ref for a unit the decision makes. `changed`: the fields that differ.

    `node_only`: nothing about the unit changes; a neighbour's new corner was put into their common edge.
    """

    unit: Key
    state: State
    changed: tuple[str, ...]
    act: int
    node_only: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """Something a person should know; it stops nothing."""

    code: str
    unit: Key | None
    zh: str
    en: str


@dataclass(frozen=True)
class Plan:
    """What enacting writes. `notices` only tell; `obstacles` forbid it."""

    day: date
    closed: tuple[Closed, ...]
    opened: tuple[Opened, ...]
    lineage: tuple[Edge, ...]
    codes_retired: tuple[CodeRetired, ...]
    codes_assigned: tuple[CodeAssigned, ...]
    codes_needed: tuple[CodeNeeded, ...]
    topology: tuple[Topology, ...]
    notices: tuple[Notice, ...]
    obstacles: tuple[Notice, ...]

    @property
    def made(self) -> tuple[str, ...]:
        """The refs of the units the decision makes, in the order of their acts."""
        return tuple(one.unit for one in self.opened if isinstance(one.unit, str))

    @property
    def touched(self) -> frozenset[int]:
        """Ids of the divisions whose record, code or descent changes."""
        keys: set[Key] = {one.unit for one in self.closed}
        keys.update(one.unit for one in self.codes_retired)
        keys.update(one.unit for one in self.codes_assigned)
        keys.update(edge.predecessor for edge in self.lineage)
        return frozenset(key for key in keys if isinstance(key, int))


def make_plan(register: Register, decision: Decision) -> Plan:
    """The plan of a decision on the register as it stands; pure. Raises `ChangeError` where an act cannot be carried out.

    A unit that changes on the day must not have a record that begins later: what was recorded for afterwards would silently
    contradict the decision. See docs/decisions/0020.
    """
    if not decision.acts:
        raise ChangeError("no_acts", "批复没有任何事项。", "The decision has no acts.")
    world = World(register, decision.day)
    for position, act in enumerate(decision.acts):
        world.act = position
        perform(act, world)
    _check_outcome(world)
    changes = code_changes(world, decision)
    return _Outcome(world, changes).plan()


def _check_outcome(world: World) -> None:
    for unit in world.units.values():
        if not unit.acts:
            continue
        world.act = unit.acts[-1]
        if not unit.alive:
            _check_ended(world, unit)
        elif not unit.atoms and unit.before is not None:
            raise world.error(
                "unit_left_empty",
                f"{unit.name}的区域已全部划出，应予撤销或说明。",
                f"All ground of {unit.name} has gone: abolish it.",
                unit=unit.key,
            )
    _check_names(world)


def _check_ended(world: World, unit: Working) -> None:
    left = [child.name for child in world.children(unit.key)]
    if left:
        shown = "、".join(left[:5]) + ("等" if len(left) > 5 else "")
        raise world.error(
            "children_left_over",
            f"{unit.name}撤销后，{shown}（共{len(left)}个）没有写明归属（CHG-PLAN-02）。",
            f"{unit.name} is abolished, but nothing says where {len(left)} units below it go (CHG-PLAN-02).",
            unit=unit.key,
        )
    if unit.atoms and not unit.unstated:
        raise world.error(
            "territory_left_over",
            f"{unit.name}撤销后，其区域没有全部写明归属（CHG-PLAN-02）。",
            f"{unit.name} is abolished, but not all of its ground goes somewhere (CHG-PLAN-02).",
            unit=unit.key,
        )


def _check_names(world: World) -> None:
    held: dict[tuple[Key | None, int, str], list[Working]] = {}
    for unit in world.alive():
        held.setdefault((unit.parent, unit.level, unit.name), []).append(unit)
    for (_parent, _level, name), several in held.items():
        changed = [unit for unit in several if unit.before is None or (unit.before.name, unit.before.parent) != (name, unit.parent)]
        if len(several) > 1 and changed:
            world.act = changed[0].acts[-1]
            raise world.error("name_taken", f"同一上级下已有{name}。", f"There is another {name} under the same parent.", name=name)


class _Outcome:
    """The working register at the end of the acts, turned into a plan."""

    def __init__(self, world: World, codes: CodeChanges) -> None:
        self.world = world
        self.day = world.day
        self.codes = codes
        self.notices: list[Notice] = []

    def plan(self) -> Plan:
        after: dict[Key, State] = {unit.key: self._state(unit) for unit in self.world.alive()}
        before: dict[Key, State] = {unit.key: unit.before for unit in self.world.units.values() if unit.before is not None}
        nodes = self._share_nodes(before, after)
        _check_shapes(before, after)
        closed, opened = self._records(before, after, nodes)
        self._check_later({*(one.unit for one in closed), *(one.unit for one in self.codes.retired)})
        topology = compare(before, after, {unit.key for unit in self.world.units.values() if unit.acts})
        self._tell(after)
        return Plan(
            self.day,
            tuple(closed),
            tuple(opened),
            tuple(edges(self.world)),
            self.codes.retired,
            self.codes.assigned,
            self.codes.needed,
            topology,
            tuple(self.notices),
            tuple(self._obstacles(topology)),
        )

    def _state(self, unit: Working) -> State:
        geometry, grade = self._ground(unit)
        split = names.split(unit.name, unit.level)
        proper, generic = split.proper, split.generic
        if unit.before is not None and unit.before.name == unit.name:
            proper, generic = unit.before.proper_name, unit.before.generic_name
        return State(
            since=self.day,
            until=None,
            name=unit.name,
            proper_name=proper,
            generic_name=generic,
            level=unit.level,
            type=unit.type,
            parent=unit.parent,
            geometry=geometry,
            grade=grade,
            seat=unit.seat,
            seat_grade=unit.seat_grade,
        )

    def _ground(self, unit: Working) -> tuple[shapely.Geometry | None, str]:
        known = [atom for atom in unit.atoms if atom.geometry is not None]
        former = unit.before.geometry if unit.before is not None else None
        if not known or (former is None and len(known) < len(unit.atoms)) or (unit.before is None and unit.blurred):
            return None, ""
        if unit.before is not None and former is None:
            return None, ""  # a piece that came does not make the whole known
        grade = lower_grade(*(atom.grade for atom in known), "indicative" if unit.blurred else "")
        if unit.before is not None and len(known) == 1 and known[0].geometry is former:
            return former, grade
        return shapes.together(atom.geometry for atom in known), grade

    def _share_nodes(self, before: dict[Key, State], after: dict[Key, State]) -> set[Key]:
        """Puts the corners that cuts made into the edges of everything beside them. Returns the units that only gained corners."""
        gained: set[Key] = set()
        for level in {state.level for state in after.values()}:
            keys = [key for key, state in after.items() if state.level == level and state.geometry is not None]
            changed = [key for key in keys if key not in before or after[key].geometry is not before[key].geometry]
            if not changed:
                continue
            old = [state.geometry for state in before.values() if state.level == level and state.geometry is not None]
            new = shapes.vertices(after[key].geometry for key in changed) - shapes.vertices(old)
            given = np.empty(len(keys), dtype=object)
            given[:] = [after[key].geometry for key in keys]
            shared = shapes.insert_nodes(given, new)
            for key, geometry, former in zip(keys, shared, given, strict=True):
                if geometry is former:
                    continue
                unit = self.world.units[key]
                if key not in changed and _next_change(unit, self.day) is not None:
                    continue  # a later record of the neighbour keeps its edge as it is; the corner lies on it all the same
                after[key] = replace(after[key], geometry=geometry)
                if key not in changed:
                    gained.add(key)
        return gained

    def _records(self, before: dict[Key, State], after: dict[Key, State], nodes: set[Key]) -> tuple[list[Closed], list[Opened]]:
        closed: list[Closed] = []
        opened: list[Opened] = []
        for key, state in before.items():
            if key not in after:
                closed.append(Closed(_id(key), state, ends=True))
            elif fields := _changed(state, after[key]):
                closed.append(Closed(_id(key), state, ends=False))
                unit = self.world.units[key]
                only = key in nodes and fields == ("geometry",)
                opened.append(Opened(key, after[key], fields, unit.acts[0] if unit.acts else 0, only))
        # Units come into the working register in the order of the acts that make them.
        made = [Opened(unit.key, after[unit.key], (), unit.made_by) for unit in self.world.alive() if unit.made_by is not None]
        return closed, made + opened

    def _check_later(self, keys: set[Key]) -> None:
        for key in sorted(keys, key=str):
            unit = self.world.units[key]
            self.world.act = unit.acts[0] if unit.acts else 0
            day = _next_change(unit, self.day)
            if day is None:
                continue
            raise self.world.error(
                "later_change",
                f"{unit.name}在{day}已有登记的变更，不能再补记{self.day}的变更；请先订正后来的记录，或按时间先后录入。",
                f"{unit.name} already changes on {day}; a change on {self.day} would contradict it. Correct the later record "
                "first, or enter decisions in the order of their days.",
                unit=key,
                later=str(day),
            )

    def _tell(self, after: dict[Key, State]) -> None:
        for key, state in after.items():
            unit = self.world.units[key]
            if not unit.acts:
                continue
            if unit.blurred and state.geometry is not None:
                self._notice("extent_not_exact", unit,
                             f"{unit.name}有范围不详的区域划入或划出，其范围只能示意。",
                             f"Ground of unknown extent left or came to {unit.name}; its shape is only indicative.")  # fmt: skip
            elif state.geometry is None and unit.before is None:
                self._notice("no_geometry", unit, f"{unit.name}没有范围数据。", f"{unit.name} has no geometry.")
            parent = after.get(state.parent) if state.parent is not None else None
            came = unit.before is None or unit.before.parent != state.parent
            if came and parent is not None and parent.geometry is None and state.geometry is not None:
                self._notice("outline_not_known", unit,
                             f"{parent.name}没有范围图形，{unit.name}归入后与其余部分是否相接、有无空隙，没有核对。",
                             f"{parent.name} has no outline: whether {unit.name} adjoins its rest or leaves a gap is not known.",
                             )  # fmt: skip
            if state.seat is not None and state.geometry is not None and not shapely.covers(state.geometry, state.seat):
                self._notice("seat_outside", unit,
                             f"{unit.name}的驻地不在其范围内。", f"The seat of {unit.name} lies outside its ground.")  # fmt: skip
            if unit.made_by is not None and not unit.atoms:
                self._notice("origin_not_stated", unit,
                             f"没有写明{unit.name}由哪些区划析出。", f"Nothing says what {unit.name} comes from.")  # fmt: skip
        for need in self.codes.needed:
            unit = self.world.units[need.unit]
            self._notice("code_needed", unit,
                         f"{unit.name}需要新的法定代码。", f"{unit.name} needs a new legal code.")  # fmt: skip

    def _notice(self, code: str, unit: Working, zh: str, en: str) -> None:
        self.notices.append(Notice(code, unit.key, zh, en))

    def _obstacles(self, topology: tuple[Topology, ...]) -> list[Notice]:
        """What leaves ground to nobody, or to two, is not enacted (CHG-PLAN-02), unless parts are described in words only."""
        vague = any(unit.blurred or unit.unstated for unit in self.world.units.values())
        found = [
            Notice(
                "coverage_broken",
                None,
                "变更后的范围有空隙、重叠或越出上级（CHG-PLAN-02），见前后拓扑检查。",
                "After the change there are gaps, overlaps or ground outside the parent (CHG-PLAN-02); see the checks.",
            )
            for one in topology
            if one.worse
        ][:1]
        if vague:
            self.notices += found
            return []
        return found


def _next_change(unit: Working, day: date) -> date | None:
    """The first day later than `day` on which something about the unit is on record to change."""
    if unit.source is None or unit.before is None:
        return None
    later = unit.source.after(day)
    days = [later.since if later else None, unit.before.until, *(code.until for code in unit.source.codes_on(day))]
    days += [code.since if code.since > day else None for code in unit.source.codes]
    return min((one for one in days if one is not None), default=None)


def _check_shapes(before: dict[Key, State], after: dict[Key, State]) -> None:
    """A cut that all but touches an edge can leave an outline that crosses itself in the last digits: refused, never mended."""
    for key, state in after.items():
        former = before[key].geometry if key in before else None
        if state.geometry is None or state.geometry is former or shapely.is_valid(state.geometry):
            continue
        raise ChangeError(
            "outline_invalid",
            f"所画界线与“{state.name}”的边界贴得太近，划分后的图形不成立。请把线移开一些再试。",
            f"The line runs so close to an edge of {state.name} that the outline would cross itself; move it a little.",
            unit=key,
        )


def _changed(before: State, after: State) -> tuple[str, ...]:
    fields = [
        field
        for field in ("name", "type", "level", "parent", "grade", "seat_grade")
        if getattr(before, field) != getattr(after, field)
    ]
    if before.geometry is not after.geometry:
        fields.append("geometry")
    if before.seat is not after.seat and not (
        before.seat is not None and after.seat is not None and shapely.equals_exact(before.seat, after.seat)
    ):
        fields.append("seat")
    return tuple(fields)


def _id(key: Key) -> int:
    if not isinstance(key, int):
        raise TypeError(key)
    return key
