"""The acts of a change as sentences, in the fixed wording of approvals (豫民行批, 2017 to 2025)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from boundaries.rules.acts import ActKind

UNSTATED = "（未填写）"
TYPE_ZH: Mapping[str, str] = {
    "province": "省", "autonomous_region": "自治区", "municipality": "直辖市", "prefecture_city": "设区的市", "prefecture": "地区",
    "county": "县", "autonomous_county": "自治县", "county_city": "不设区的市", "district": "市辖区", "subdistrict": "街道",
    "town": "镇", "township": "乡", "ethnic_township": "民族乡", "district_office": "区公所", "village_committee": "村民委员会",
    "residents_committee": "居民委员会", "statistical": "统计单元", "unknown": "类型未知",
}  # fmt: skip


@dataclass(frozen=True)
class Act:
    """An act as it is kept. `whole`: the unit it makes has exactly the ground of the one it comes from."""

    kind: str
    data: Mapping[str, Any]
    whole: bool = False


def sentences(acts: Sequence[Act], called: Mapping[Any, str]) -> list[str]:
    """One for each act. `called` are names by key; a unit that an act makes is called as that act says."""
    names = dict(called)
    for act in acts:
        new = act.data.get("new")
        if isinstance(new, Mapping):
            names[new.get("ref")] = str(new.get("name") or UNSTATED)
    return [_sentence(act, _Names(names)) for act in acts]


class _Names:
    def __init__(self, names: Mapping[Any, str]) -> None:
        self._names = names

    def one(self, key: Any) -> str:
        return self._names.get(key) or UNSTATED

    def all(self, keys: Any) -> str:
        return "、".join(self.one(key) for key in keys or ()) or UNSTATED


def _sentence(act: Act, names: _Names) -> str:
    data, new = act.data, act.data.get("new") or {}
    name, kind = str(new.get("name") or UNSTATED), new.get("type")
    match act.kind:
        case ActKind.CHANGE_TYPE:
            return _change_of_type(names.one(data.get("unit")), name, kind, whole=act.whole, seat="seat" in new)
        case ActKind.ESTABLISH:
            parts = [_part(part, names) for part in data.get("parts") or ()]
            return f"设立{name}" + (f"，以{'、'.join(parts)}为其行政区域" if parts else "")
        case ActKind.ABOLISH:
            into = f"，其行政区域并入{names.one(data['into'])}" if data.get("into") else ""
            return f"撤销{names.one(data.get('unit'))}{into}"
        case ActKind.RENAME:
            return f"将{names.one(data.get('unit'))}更名为{data.get('name') or UNSTATED}"
        case ActKind.TRANSFER_VILLAGES:
            source = f"{names.one(data['from'])}的" if data.get("from") else ""
            return f"将{source}{names.all(data.get('villages'))}划归{names.one(data.get('to'))}管辖"
        case ActKind.CHANGE_BOUNDARY:
            return f"将{names.one(data.get('from'))}{_extent(data.get('extent'), names)}划归{names.one(data.get('to'))}管辖"
        case ActKind.CHANGE_AFFILIATION:
            return f"将{names.one(data.get('unit'))}划归{names.one(data.get('parent'))}管辖"
        case ActKind.MOVE_SEAT:
            return f"将{names.one(data.get('unit'))}政府驻地迁至{data.get('place') or UNSTATED}"
        case ActKind.RECODE:
            return f"{names.one(data.get('unit'))}的行政区划代码变更为{data.get('code') or UNSTATED}"
        case ActKind.SPLIT:
            return f"从{names.one(data.get('unit'))}析出{_extent(data.get('extent'), names)}，设立{name}"
        case ActKind.MERGE:
            units = names.all(data.get("units"))
            return f"撤销{units}，合并设立{name}" if new else f"撤销{units}，并入{names.one(data.get('into'))}"
    return act.kind


def _change_of_type(old: str, name: str, kind: Any, *, whole: bool, seat: bool) -> str:
    """The wording fits only where the ground stays; where it does not, the sentence says no more than it knows."""
    begun = f"撤销{old}设立{name}"
    if kind == "town":
        ground = "所辖行政区域和政府驻地不变" if whole and not seat else "所辖行政区域不变" if whole else "行政区域见变更方案"
        return f"{begun}，实行镇管村体制，{ground}"
    if kind == "subdistrict":
        ground = f"管辖范围为原{old}行政区域" if whole else "管辖范围见变更方案"
        seated = "" if seat or not whole else f"，街道办事处（机关）驻原{old}政府驻地"
        return f"{begun}，实行城市管理体制，{ground}{seated}"
    return f"{begun}，以原{old}的行政区域为{name}的行政区域" if whole else begun


def _part(part: Any, names: _Names) -> str:
    extent = part.get("extent") if isinstance(part, Mapping) else None
    unit = names.one(part.get("unit")) if isinstance(part, Mapping) else UNSTATED
    if extent is None or extent.get("kind") == "whole":
        return f"{unit}全部区域"
    return f"{unit}{_extent(extent, names)}"


def _extent(extent: Any, names: _Names) -> str:
    if not isinstance(extent, Mapping):
        return "部分区域"
    if extent.get("kind") == "whole":
        return "全部区域"
    if extent.get("kind") == "villages":
        return f"的{names.all(extent.get('villages'))}"
    return "部分区域（以所附方案示意图为准）" if extent.get("kind") in ("line", "area") else "部分区域"
