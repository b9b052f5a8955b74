"""What moved in the register between two plans of one decision, in sentences: which unit, which field, from what to what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

Pair = tuple[str, str]

_FIELDS: Mapping[str, Pair] = {
    "name": ("名称", "name"),
    "type": ("建制类型", "type"),
    "parent_name": ("上级", "parent"),
    "area_m2": ("面积", "area"),
    "grade": ("范围等级", "grade of the extent"),
    "seat": ("驻地", "seat"),
    "seat_grade": ("驻地等级", "grade of the seat"),
}
_GRADES: Mapping[str, Pair] = {
    "agreed": ("勘定", "agreed"),
    "surveyed": ("实测", "surveyed"),
    "indicative": ("示意", "indicative"),
    "invented": ("虚构", "invented"),
}
_TYPES: Mapping[str, Pair] = {
    "prefecture_city": ("地级市", "prefecture-level city"),
    "prefecture": ("地区", "prefecture"),
    "county": ("县", "county"),
    "autonomous_county": ("自治县", "autonomous county"),
    "county_city": ("县级市", "county-level city"),
    "district": ("市辖区", "district"),
    "subdistrict": ("街道", "sub-district"),
    "town": ("镇", "town"),
    "township": ("乡", "township"),
    "ethnic_township": ("民族乡", "ethnic township"),
    "village_committee": ("村", "village"),
    "residents_committee": ("社区", "community"),
}
_NOTHING: Pair = ("无", "none")


def in_words(difference: Sequence[Mapping[str, Any]]) -> list[Pair]:
    """(Chinese, English) for each thing that is otherwise than it was previewed; `difference` as `document.difference` gives it."""
    found: dict[Pair, None] = {}
    for part in difference:
        tell = _TOLD.get(part["section"])
        if tell is not None:
            found |= dict.fromkeys(tell(part["before"], part["now"]))
    return list(found)


def _records(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    """Of the records that the decision ends or makes: the same unit on both sides, or on one only."""
    early, late = ({one["unit"]: one for one in side} for side in (before, now))
    for unit in [*early, *(key for key in late if key not in early)]:
        one, other = early.get(unit), late.get(unit)
        if one is None or other is None:
            name = (one or other or {})["unit_name"]
            if one is None:
                yield f"{name}现在也在变更之内", f"{name} is now part of the change too"
            else:
                yield f"{name}已不在变更之内", f"{name} is no longer part of the change"
            continue
        name = one["name"] or one["unit_name"]
        fields = [field for field in _FIELDS if one.get(field) != other.get(field)]
        if one.get("shape") != other.get("shape") and "area_m2" not in fields:
            yield f"{name}的范围已变", f"the extent of {name} has changed"
        for field in fields:
            (zh, en), was, is_ = _FIELDS[field], _value(field, one.get(field)), _value(field, other.get(field))
            yield f"{name}的{zh}由“{was[0]}”变为“{is_[0]}”", f"the {en} of {name} went from “{was[1]}” to “{is_[1]}”"


def _value(field: str, value: Any) -> Pair:
    if value in (None, ""):
        return _NOTHING
    if field == "type":
        return _TYPES.get(value, (value, value))
    if field in ("grade", "seat_grade"):
        return _GRADES.get(value, (value, value))
    if field == "area_m2":
        text = f"{value / 1e6:,.4f} km²"
    elif field == "seat":
        text = f"{value[0]:.6f}, {value[1]:.6f}"
    else:
        text = str(value)
    return text, text


def _lineage(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    early, late = ({_ends(one): one for one in side} for side in (before, now))
    for ends in [*early, *(key for key in late if key not in early)]:
        one, other = early.get(ends), late.get(ends)
        arrow = " → ".join(ends)
        if one is None or other is None:
            yield (
                (f"沿革增加{arrow}", f"lineage {arrow} is new")
                if one is None
                else (f"沿革不再有{arrow}", f"lineage {arrow} is gone")
            )
        elif one["area_share"] != other["area_share"]:
            shares = ["?" if share is None else f"{share:.2%}" for share in (one["area_share"], other["area_share"])]
            yield (
                f"{arrow}的面积占比由{shares[0]}变为{shares[1]}",
                f"the share of area {arrow} went from {shares[0]} to {shares[1]}",
            )


def _ends(edge: Mapping[str, Any]) -> Pair:
    return edge["predecessor"]["unit_name"], edge["successor"]["unit_name"]


def _codes(before: Iterable[Mapping[str, Any]], now: Iterable[Mapping[str, Any]]) -> Iterator[Pair]:
    early, late = ({one["unit"]: one for one in side} for side in (before, now))
    for unit in [*early, *(key for key in late if key not in early)]:
        name = (early.get(unit) or late[unit])["unit_name"]
        was, is_ = ((side[unit].get("code") or "?") if unit in side else None for side in (early, late))
        if was != is_:
            zh = f"{name}的代码由{was or '无'}变为{is_ or '无'}"
            yield zh, f"the code of {name} went from {was or 'none'} to {is_ or 'none'}"


def _obstacles(before: Sequence[Mapping[str, Any]], now: Sequence[Mapping[str, Any]]) -> Iterator[Pair]:
    yield from ((one["message"], one["message_en"]) for one in now)


_TOLD = {
    "closed": _records,
    "opened": _records,
    "lineage": _lineage,
    "codes.retired": _codes,
    "codes.assigned": _codes,
    "codes.needed": _codes,
    "obstacles": _obstacles,
}
