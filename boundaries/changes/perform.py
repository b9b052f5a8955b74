"""What each act does to the working register."""

from __future__ import annotations

from collections.abc import Callable
from functools import singledispatch

from boundaries.changes.acts import (
    WHOLE,
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Establish,
    Extent,
    ExtentKind,
    Merge,
    MoveSeat,
    NewUnit,
    Recode,
    Rename,
    Split,
    TransferVillages,
)
from boundaries.changes.register import Key
from boundaries.changes.working import Working, World
from boundaries.rules import names


@singledispatch
def perform(act: Act, world: World) -> None:
    raise TypeError(f"no act: {act!r}")


def _register(function: Callable[..., None]) -> Callable[..., None]:
    perform.register(function)
    return function


@_register
def _establish(act: Establish, world: World) -> None:
    first = world.standing(act.parts[0].unit) if act.parts else None
    parent = first.parent if first is not None else None
    if act.new.parent is None and first is None:
        raise world.error("parent_missing", f"没有写明{act.new.name}的上级。", f"The parent of {act.new.name} is missing.")
    new = world.make(act.new, parent)
    for part in act.parts:
        world.move(world.standing(part.unit), new, part.extent)


@_register
def _abolish(act: Abolish, world: World) -> None:
    unit = world.unit(act.unit)
    if act.into is not None:
        world.move(unit, world.unit(act.into), WHOLE)
    world.end(unit)


@_register
def _rename(act: Rename, world: World) -> None:
    unit = world.unit(act.unit)
    if names.clean(act.name) == unit.name:
        raise world.error("name_unchanged", f"名称仍是{unit.name}。", f"The name is {unit.name} already.", unit=unit.key)
    world.rename(unit, act.name)


@_register
def _change_type(act: ChangeType, world: World) -> None:
    unit = world.unit(act.unit)
    if act.new.type == unit.type:
        raise world.error("type_unchanged", f"{unit.name}的建制类型没有变化。", f"{unit.name} keeps its type.", unit=unit.key)
    new = world.make(act.new, unit.parent, seat_of=unit)
    if new.level != unit.level:
        raise world.error("levels_differ", f"{new.name}与{unit.name}不是同级。", f"{new.name} and {unit.name} differ in level.")
    world.move(unit, new, WHOLE)
    world.end(unit)


@_register
def _transfer_villages(act: TransferVillages, world: World) -> None:
    target = world.unit(act.to)
    by_source: dict[Key | None, list[Key]] = {}
    for key in dict.fromkeys(act.villages):
        by_source.setdefault(world.unit(key).parent, []).append(key)
    if not by_source:
        raise world.error("no_villages", "没有选定村（居）。", "No village is chosen.")
    if act.source is not None and set(by_source) != {act.source}:
        source = world.standing(act.source)
        astray = [world.unit(key).name for parent, keys in by_source.items() if parent != act.source for key in keys]
        raise world.error(
            "village_not_in_unit",
            f"{'、'.join(astray)}不属{source.name}。",
            f"{', '.join(astray)} do not belong to {source.name}.",
            unit=source.key,
        )
    for parent, keys in by_source.items():
        if parent is None:
            raise world.error("parent_missing", "村（居）没有登记上级。", "A village has no parent on record.")
        world.move(world.standing(parent), target, Extent(ExtentKind.VILLAGES, tuple(keys)))


@_register
def _change_boundary(act: ChangeBoundary, world: World) -> None:
    if act.extent.kind is ExtentKind.WHOLE:
        raise world.error(
            "whole_is_no_boundary",
            "全部区域划出不是界线变更，应作撤销或合并。",
            "The whole ground is no boundary change: abolish or merge.",
        )
    world.move(world.unit(act.source), world.unit(act.to), act.extent)


@_register
def _change_affiliation(act: ChangeAffiliation, world: World) -> None:
    world.bring_under(world.unit(act.unit), world.unit(act.parent))


@_register
def _move_seat(act: MoveSeat, world: World) -> None:
    unit = world.unit(act.unit)
    unit.seat, unit.seat_grade = act.seat, act.seat_grade if act.seat is not None else ""
    unit.note(world.act)


@_register
def _recode(act: Recode, world: World) -> None:
    world.unit(act.unit).note(world.act)  # the code itself: boundaries.changes.codes


@_register
def _split(act: Split, world: World) -> None:
    unit = world.unit(act.unit)
    if act.extent.kind is ExtentKind.WHOLE:
        raise world.error("whole_is_no_split", "析置须留下一部分区域。", "A split leaves something behind.", unit=unit.key)
    world.move(unit, world.make(act.new, unit.parent), act.extent)


@_register
def _merge(act: Merge, world: World) -> None:
    units = [world.unit(key) for key in dict.fromkeys(act.units)]
    if isinstance(act.into, NewUnit):
        if len(units) < 2:
            raise world.error("merge_needs_two", "合并至少涉及两个区划。", "A merger takes at least two units.")
        target: Working = world.make(act.into, units[0].parent)
    else:
        target = world.unit(act.into)
    ending = [unit for unit in units if unit is not target]
    if not ending:
        raise world.error("merge_needs_two", "合并至少涉及两个区划。", "A merger takes at least two units.")
    for unit in ending:
        world.move(unit, target, WHOLE)
        world.end(unit)
