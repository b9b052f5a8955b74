"""What an act does, in a sentence as decisions write it, in Chinese and English."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import singledispatch

from boundaries.changes.acts import (
    Abolish,
    Act,
    ChangeAffiliation,
    ChangeBoundary,
    ChangeType,
    Decision,
    Establish,
    Extent,
    ExtentKind,
    Merge,
    MoveSeat,
    NewUnit,
    Part,
    Recode,
    Rename,
    Split,
    TransferVillages,
)
from boundaries.changes.register import Key

Name = Callable[[Key], str]
# More names than these are counted, not listed.
_MOST = 12


def sentences(decision: Decision, name: Callable[[int], str]) -> list[tuple[str, str]]:
    """One (Chinese, English) for each act. `name` gives the name of a division by its id; units made by the acts are known."""
    made = {new.ref: new.name for act in decision.acts if (new := _new_of(act)) is not None}

    def of(key: Key) -> str:
        return made.get(key, key) if isinstance(key, str) else name(key)

    return [in_words(act, of) for act in decision.acts]


def new_units(decision: Decision) -> Iterator[NewUnit]:
    return (new for act in decision.acts if (new := _new_of(act)) is not None)


def _new_of(act: Act) -> NewUnit | None:
    new = act.into if isinstance(act, Merge) else getattr(act, "new", None)
    return new if isinstance(new, NewUnit) else None


def _listed(names: Sequence[str]) -> tuple[str, str]:
    if len(names) <= _MOST:
        return "、".join(names), ", ".join(names)
    return "、".join(names[:_MOST]) + f"等{len(names)}个", ", ".join(names[:_MOST]) + f" and {len(names) - _MOST} more"


def _ground(unit: Key, extent: Extent, name: Name) -> tuple[str, str]:
    """What is taken of a unit."""
    of = name(unit)
    if extent.kind is ExtentKind.WHOLE:
        return f"{of}的行政区域", f"the territory of {of}"
    if extent.kind is ExtentKind.VILLAGES:
        zh, en = _listed([name(key) for key in extent.villages or ()])
        return f"{of}的{zh}", f"{en} of {of}"
    if extent.kind is ExtentKind.UNSTATED:
        return f"{of}的部分区域（范围未载明）", f"a part of {of} (extent not stated)"
    return f"{of}的部分区域（见图）", f"a part of {of} (as drawn)"


@singledispatch
def in_words(act: Act, name: Name) -> tuple[str, str]:
    """(Chinese, English), without a full stop."""
    raise TypeError(f"no act: {act!r}")


@in_words.register
def _(act: Establish, name: Name) -> tuple[str, str]:
    if not act.parts:
        return f"设立{act.new.name}", f"establish {act.new.name}"
    grounds = [_part(part, name) for part in act.parts]
    zh, en = "、".join(one[0] for one in grounds), ", ".join(one[1] for one in grounds)
    return f"设立{act.new.name}，以{zh}为其行政区域", f"establish {act.new.name} on {en}"


def _part(part: Part, name: Name) -> tuple[str, str]:
    return _ground(part.unit, part.extent, name)


@in_words.register
def _(act: Abolish, name: Name) -> tuple[str, str]:
    if act.into is None:
        return f"撤销{name(act.unit)}", f"abolish {name(act.unit)}"
    return (
        f"撤销{name(act.unit)}，将其行政区域划归{name(act.into)}",
        f"abolish {name(act.unit)}; its territory goes to {name(act.into)}",
    )


@in_words.register
def _(act: Rename, name: Name) -> tuple[str, str]:
    return f"{name(act.unit)}更名为{act.name}", f"rename {name(act.unit)} to {act.name}"


@in_words.register
def _(act: ChangeType, name: Name) -> tuple[str, str]:
    old, new = name(act.unit), act.new.name
    return (
        f"撤销{old}，设立{new}，以原{old}的行政区域为{new}的行政区域",
        f"abolish {old} and establish {new} with the same territory",
    )


@in_words.register
def _(act: TransferVillages, name: Name) -> tuple[str, str]:
    zh, en = _listed([name(key) for key in act.villages])
    whose = f"{name(act.source)}的" if act.source is not None else ""
    return f"将{whose}{zh}划归{name(act.to)}管辖", f"transfer {en} to {name(act.to)}"


@in_words.register
def _(act: ChangeBoundary, name: Name) -> tuple[str, str]:
    zh, en = _ground(act.source, act.extent, name)
    return f"将{zh}划归{name(act.to)}", f"transfer {en} to {name(act.to)}"


@in_words.register
def _(act: ChangeAffiliation, name: Name) -> tuple[str, str]:
    return f"将{name(act.unit)}划归{name(act.parent)}管辖", f"put {name(act.unit)} under {name(act.parent)}"


@in_words.register
def _(act: MoveSeat, name: Name) -> tuple[str, str]:
    if act.place:
        return f"{name(act.unit)}人民政府驻地迁至{act.place}", f"move the seat of {name(act.unit)} to {act.place}"
    return f"迁移{name(act.unit)}人民政府驻地", f"move the seat of {name(act.unit)}"


@in_words.register
def _(act: Recode, name: Name) -> tuple[str, str]:
    return f"{name(act.unit)}的法定代码改为{act.code}", f"the legal code of {name(act.unit)} becomes {act.code}"


@in_words.register
def _(act: Split, name: Name) -> tuple[str, str]:
    zh, en = _ground(act.unit, act.extent, name)
    return f"析{zh}，设立{act.new.name}", f"establish {act.new.name} on {en}"


@in_words.register
def _(act: Merge, name: Name) -> tuple[str, str]:
    units = [name(key) for key in act.units]
    if isinstance(act.into, NewUnit):
        zh, en = _listed(units)
        return f"撤销{zh}，合并设立{act.into.name}", f"abolish {en} and merge them into the new {act.into.name}"
    zh, en = _listed([name(key) for key in act.units if key != act.into])
    return f"撤销{zh}，并入{name(act.into)}", f"abolish {en} and merge them into {name(act.into)}"
