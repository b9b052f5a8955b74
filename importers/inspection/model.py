"""What an inspection says of a file, as data that becomes the JSON document of `inspect_file`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from gis.crs import CrsDecision, Reading, TransformInfo
from importers.problems import ERROR, MAX_WARNINGS_OF_A_CODE, Problem, short
from importers.readers.encoding_words import SURE, encoding_as_dict
from importers.readers.table import Encoding


@dataclass(frozen=True)
class Layer:
    """`bounds` in the numbers of the file, `bounds_lonlat` in CGCS2000 where the system is known well enough."""

    name: str
    driver: str
    geometry: str | None
    features: int
    fields: Sequence[Mapping[str, Any]]
    sample: Sequence[Mapping[str, str]]
    encoding: Encoding | None = None
    crs: CrsDecision | None = None
    worth: TransformInfo | None = None
    bounds: tuple[float, ...] | None = None
    bounds_lonlat: tuple[float, ...] | None = None

    def as_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "driver": self.driver,
            "geometry": self.geometry,
            "features": self.features,
            "fields": [dict(one) for one in self.fields],
            "bounds": _numbers(self.bounds),
            "bounds_lonlat": _numbers(self.bounds_lonlat),
            "crs": crs_as_dict(self.crs, self.worth),
            "encoding": encoding_as_dict(self.encoding),
            "sample": [dict(row) for row in self.sample],
        }


@dataclass(frozen=True)
class Found:
    """A problem and where it is: the layer it belongs to ("" for the file); row and field are the problem's own."""

    problem: Problem
    layer: str = ""

    def as_dict(self) -> dict[str, Any]:
        told = self.problem.as_dict()
        where = {"layer": self.layer, "row": told["row"], "line": told.get("line"), "field": told["field"]}
        return {
            "severity": told["severity"],
            "code": self.problem.values["code"] if self.problem.code == "refused" else told["code"],
            "where": {key: value for key, value in where.items() if value},
            "message": told["message"],
            "message_en": told["message_en"],
        }


@dataclass
class Part:
    """What one data set of a file is. `kind`: vector, table, track, archive, crs, "" for what nobody knows.

    `tracks`, `told` and what is plain come from the readers of tracks and tables; `more` counts problems that are not told.
    """

    kind: str = ""
    driver: str = ""
    layers: list[Layer] = field(default_factory=list)
    problems: list[Found] = field(default_factory=list)
    tracks: list[Mapping[str, Any]] = field(default_factory=list)
    told: list[Mapping[str, Any]] = field(default_factory=list)
    crs: CrsDecision | None = None
    plain_layers: list[Mapping[str, Any]] = field(default_factory=list)
    plain_encoding: Mapping[str, Any] | None = None
    more: Counter[str] = field(default_factory=Counter)

    @property
    def readable(self) -> bool:
        return bool(self.layers or self.tracks or self.plain_layers or self.crs)


@dataclass(frozen=True)
class Inspection:
    name: str
    size: int
    sha256: str
    parts: Sequence[Part]

    @property
    def readable(self) -> bool:
        """Whether anything of the file can be used."""
        return any(part.readable for part in self.parts)

    def as_dict(self) -> dict[str, Any]:
        """The document of `inspect_file`. A file of which nothing can be read has its reason under `error` too."""
        layers = [layer.as_dict() for part in self.parts for layer in part.layers]
        layers += [dict(layer) for part in self.parts for layer in part.plain_layers]
        problems, counts = _limited([one.as_dict() for part in self.parts for one in part.problems])
        for part in self.parts:
            counts.update(part.more)
        problems += [dict(one) for part in self.parts for one in part.told]
        document = {
            "kind": _one({part.kind for part in self.parts if part.kind}, "mixed") or "unknown",
            "driver": _one({part.driver for part in self.parts if part.driver}, "several"),
            "encoding": self._encoding(),
            "crs": self._crs(),
            "layers": layers,
            "tracks": [dict(track) for part in self.parts for track in part.tracks],
            "problems": problems,
            "problem_counts": dict(counts),
            "file": {"name": self.name, "bytes": self.size, "sha256": self.sha256},
        }
        if not self.readable:
            first = next((one for one in problems if one["severity"] == ERROR), None)
            document["error"] = (
                {"code": first["code"], "message": first["message"]} if first else {"code": "nothing_read", "message": ""}
            )
        return document

    def _encoding(self) -> dict[str, Any]:
        told = [encoding_as_dict(layer.encoding) for part in self.parts for layer in part.layers if layer.encoding is not None]
        told += [dict(part.plain_encoding) for part in self.parts if part.plain_encoding]
        if not told:
            return encoding_as_dict(None)
        # Of several that differ, the least sure is shown; each layer has its own.
        return min(told, key=lambda one: one["confidence"])

    def _crs(self) -> dict[str, Any]:
        found = [(layer.crs, layer.worth) for part in self.parts for layer in part.layers if layer.crs is not None]
        found += [(part.crs, None) for part in self.parts if part.crs is not None]
        if not found:
            return crs_as_dict(None, None)
        told = [crs_as_dict(*one) for one in found]
        if len({(one["code"], one["swapped"]) for one in told}) == 1:
            return min(told, key=lambda one: one["confidence"])
        codes = dict.fromkeys(one["code"] for one in told if one["code"])
        return {
            **crs_as_dict(None, None),
            "how": "layers_differ",
            "alternatives": [
                next(alternative_as_dict(d.reading) for d, _w in found if d.reading and d.reading.system.key == code)
                for code in codes
            ],
            "needs_person": True,
        }


def crs_as_dict(decision: CrsDecision | None, worth: TransformInfo | None) -> dict[str, Any]:
    reading = decision.reading if decision else None
    sure = decision.confidence if decision else "undetermined"
    return {
        "code": reading.system.key if reading else None,
        "confidence": SURE[sure],
        "certainty": sure,
        "how": decision.how if decision else "",
        "name": reading.name_zh if reading else None,
        "name_en": reading.name_en if reading else None,
        "swapped": reading.swapped if reading else False,
        "residual_m": residual_of(reading),
        "stated": decision.stated.key if decision and decision.stated else None,
        "contradicted": decision.contradicted if decision else False,
        "needs_person": decision.needs_person if decision else False,
        "accuracy_m": worth.accuracy_m if worth else None,
        "ballpark": worth.ballpark if worth else False,
        "alternatives": [alternative_as_dict(one) for one in decision.alternatives] if decision else [],
        "evidence": [
            {"what": one.what, "message": one.message, "message_en": one.message_en}
            for one in (decision.findings if decision else ())
        ],
    }


def alternative_as_dict(reading: Reading) -> dict[str, Any]:
    return {
        "code": reading.system.key,
        "name": reading.name_zh,
        "name_en": reading.name_en,
        "swapped": reading.swapped,
        "ballpark": reading.system.ballpark,
        "residual_m": residual_of(reading),
    }


def residual_of(reading: Reading | None) -> float | None:
    if reading is None or reading.fit is None or not math.isfinite(reading.fit.residual_m):
        return None
    return round(reading.fit.residual_m, 1)


def _numbers(values: Sequence[float] | None) -> list[float] | None:
    return [round(float(value), 9) for value in values] if values is not None and all(map(math.isfinite, values)) else None


def _one(values: Iterable[str], several: str) -> str:
    found = sorted(values)
    return found[0] if len(found) == 1 else several if found else ""


def _limited(problems: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Problems with errors first; of one kind the first fifty, with how many there are in all."""
    counts: Counter[str] = Counter()
    shown = []
    for problem in sorted(problems, key=lambda one: one["severity"] != ERROR):
        counts[problem["code"]] += 1
        if counts[problem["code"]] <= MAX_WARNINGS_OF_A_CODE:
            shown.append(problem)
    return shown, counts


def cell(text: str) -> str:
    """A cell in a sample: printable and not longer than a person reads."""
    return short(text, 80)
