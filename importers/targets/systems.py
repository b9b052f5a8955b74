"""The reference system as an option of a target: what was recognised first, each with its distance to known boundaries."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.functional import lazy
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from gis.crs import REFERENCE_SYSTEMS, Reading
from importers.targets.target import Option

# Always at hand; also with latitude first, where a person says so.
_USUAL: Final = ("EPSG:4490", "EPSG:4326", "gcj02", "bd09")


def system_option(layer: Mapping[str, Any]) -> Option:
    """Of a layer as an inspection tells of it. Where two systems remain possible there is no default: a person chooses, on the map.

    A choice is written as `gis.crs.resolve_reading` takes it ("EPSG:4526 yx" with the northing first).
    """
    crs = layer.get("crs") or {}
    recognised = [crs] if crs.get("code") else []
    found = {_key(one): _words(one) for one in [*recognised, *crs.get("alternatives", ())]}
    own = crs.get("stated")
    if not any(one["code"] not in _USUAL for one in [*recognised, *crs.get("alternatives", ())]):
        usual = [REFERENCE_SYSTEMS[key] for key in _USUAL]
        found |= {one.key: _name(one.name_zh, one.name_en) for one in usual if one.key not in found}
    readings = [Reading(system) for system in REFERENCE_SYSTEMS.values()]
    readings += [Reading(REFERENCE_SYSTEMS[key], swapped=True) for key in _USUAL]
    more = {one.key: _name(one.name_zh, one.name_en) for one in readings if one.key not in found}
    if own and own not in found and own not in more:
        found[own] = _name(f"文件写明的坐标系（{own}）", f"as the file states ({own})")
    default = _key(crs) if recognised and not crs.get("needs_person") else ""
    return Option("crs", gettext_lazy("坐标系"), "choice", tuple(found.items()), default, more=tuple(more.items()))


def _key(told: Mapping[str, Any]) -> str:
    return f"{told['code']}{' yx' if told.get('swapped') else ''}"


def _words(told: Mapping[str, Any]) -> Any:
    return _name(told["name"], told.get("name_en") or told["name"], told.get("residual_m"))


def _said(zh: str, en: str, metres: float | None = None) -> str:
    name = en if (get_language() or "").startswith("en") else zh
    return name if metres is None else _("%(name)s，离登记界线约 %(metres)s 米") % {"name": name, "metres": f"{metres:.0f}"}


_name = lazy(_said, str)
