"""In which reference system a list's shapes are: as a person says, else as the file says; both held against the boundaries.

What the boundaries contradict is refused where nobody said it, and told where somebody did. Nothing is converted on the quiet.
"""

from __future__ import annotations

from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from django.utils.translation import gettext_lazy as _

from gis.crs import CrsDecision, CrsError, Outlines, Reading, decide_crs, resolve_crs, resolve_reading
from importers import geometry as geometries
from importers.inspection.layers import speaker_of
from importers.inspection.model import alternative_as_dict, residual_of
from importers.inspection.register import Box, outlines_for
from importers.problems import Problem
from importers.readers import Table
from importers.readers.errors import refuse

Floats = npt.NDArray[np.float64]

# What a person chooses where the file's own system has no number to be named by.
OWN: Final = "custom"
_MARGIN_DEG: Final = 0.05


def reading_of(
    table: Table, asked: str, day: date, *, with_seats: bool = False
) -> tuple[Reading | None, dict[str, Any], list[Problem]]:
    """How the coordinates are to be read, what to tell of it (the key `crs` of a result), and warnings.

    `asked` is what a person says ("" for nothing). Raises `DomainError`: unknown_crs (with `suggestions` and `alternatives`),
    unsupported_crs, and crs_contradicted (with `alternatives`) where the file's own statement does not bear comparison.
    """
    try:
        said = resolve_reading(named(asked, table.crs)) if asked else None
        stated = resolve_crs(table.crs) if table.crs else None
    except CrsError as error:
        raise refuse(error.code, f"{error.message_zh}", text=error.text, message_en=error.message_en) from error
    if table.shapes is None:
        unused = [] if with_seats or said is None else [Problem("crs_unused")]
        return said, {"code": said.system.key if said else None, "how": "argument" if said else None}, unused
    vertices = geometries.sampled_vertices(table.shapes)
    if said is None:
        decision = decide_crs(table.crs, speaker_of(table), vertices, _outlines(vertices, day))
        return _as_stated(table, decision)
    decision = _of_what_was_said(said, vertices, day)
    problems = _against(said, decision)
    if stated is not None and table.crs_how == "file" and stated.key != said.system.key:
        problems.append(Problem("crs_conflict", values={"stated": stated.key, "used": said.key}))
    return said, _told(said, "argument", decision), problems


def named(asked: str, stated: str) -> str:
    """What a person chose, with the file's own statement in place of the word for a system without a number."""
    return f"{stated}{asked.removeprefix(OWN)}" if stated and asked.split(" ")[0] == OWN else asked


def reading_asked(asked: str, stated: str) -> Reading:
    """The reading that a person chose, else the file's statement, else CGCS2000: for showing. Raises `CrsError`."""
    return resolve_reading(named(asked, stated) or stated or "cgcs2000")


def _of_what_was_said(said: Reading, vertices: Floats, day: date) -> CrsDecision:
    turned = vertices[:, ::-1] if said.swapped else vertices
    decision = decide_crs(said.system.wkt or said.system.key, "person", turned, _outlines(turned, day))
    if not said.swapped:
        return decision

    def back(one: Reading) -> Reading:
        return Reading(one.system, not one.swapped, one.fit)

    return CrsDecision(
        back(decision.reading) if decision.reading else None,
        decision.confidence,
        decision.how,
        tuple(back(one) for one in decision.alternatives),
        decision.findings,
        decision.stated,
        decision.contradicted,
    )


def _as_stated(table: Table, decision: CrsDecision) -> tuple[Reading, dict[str, Any], list[Problem]]:
    """The file's own statement, unless the boundaries contradict it."""
    stated, found = decision.stated, decision.reading
    if stated is None:
        raise _nobody_says(decision)
    own = Reading(stated)
    # Latitude first: each row says so for itself, as single rows may be turned round.
    rows_tell = found is not None and found.system.key == stated.key and stated.kind != "projected"
    if found is not None and found.key != own.key and not rows_tell:
        raise _contradicted(own, found, decision)
    problems = []
    if found is None:
        speaks = speaker_of(table) == "standard"
        if speaks and any(one.system.kind == "obfuscated" for one in decision.alternatives):
            problems.append(Problem("crs_assumed", values={"code": stated.key}))
        elif decision.contradicted:
            problems.append(Problem("crs_impossible", values={"stated": stated.key}))
    return own, _told(own, table.crs_how, decision), problems


def _against(said: Reading, decision: CrsDecision) -> list[Problem]:
    """What a person says is done; what speaks against it is said."""
    found = decision.reading
    if found is None:
        return [Problem("crs_impossible", values={"stated": said.key})] if decision.contradicted else []
    if found.key == said.key:
        return []
    values = {"used": said.key, "code": found.key, **_distances(said, found, decision)}
    return [Problem("crs_against_evidence", values=values)]


def _distances(own: Reading, found: Reading, decision: CrsDecision) -> dict[str, str]:
    """Median distances to known boundaries under both readings, as text."""
    held = next((one for one in decision.alternatives if one.key == own.key), None)
    return {"near": _metres(found), "far": _metres(held)}


def _metres(reading: Reading | None) -> str:
    metres = residual_of(reading)
    return "—" if metres is None else f"{metres:.0f}"


def _told(reading: Reading, how: str, decision: CrsDecision) -> dict[str, Any]:
    """`checked` is what the comparison came to, whatever was used."""
    found = decision.reading
    return {
        "code": reading.system.key,
        "name": reading.system.name_zh,
        "name_en": reading.system.name_en,
        "swapped": reading.swapped,
        "how": how,
        "checked": {
            "code": found.system.key if found else None,
            "swapped": found.swapped if found else False,
            "certainty": decision.confidence,
            "how": decision.how,
            "residual_m": residual_of(found),
            "agrees": found.key == reading.key if found else None,
            "alternatives": [alternative_as_dict(one) for one in decision.alternatives],
            "evidence": [{"what": one.what, "message": one.message, "message_en": one.message_en} for one in decision.findings],
        },
    }


def _nobody_says(decision: CrsDecision) -> Exception:
    offered = _offered(decision)
    suggestions = [one.key for one in offered][:4]
    if decision.reading is not None and not decision.needs_person:
        return refuse(
            "unknown_crs",
            _(
                "文件没有说明坐标系（缺少 .prj 或 crs）。与登记的界线比对像是 %(system)s（%(name)s），系统不代为决定；"
                "核对后用 --crs 指定，例如 --crs %(quoted)s。"
            ),
            system=decision.reading.key,
            name=decision.reading.name_zh,
            quoted=_quoted(decision.reading),
            suggestions=suggestions,
            alternatives=[alternative_as_dict(one) for one in offered],
        )
    return refuse(
        "unknown_crs",
        _("文件没有说明坐标系（缺少 .prj 或 crs），请用 --crs 指定，例如 --crs EPSG:4490。"),
        suggestions=suggestions,
        alternatives=[alternative_as_dict(one) for one in offered],
    )


def _contradicted(own: Reading, found: Reading, decision: CrsDecision) -> Exception:
    return refuse(
        "crs_contradicted",
        _(
            "文件的坐标系按说明应为 %(stated)s，坐标却像是 %(found)s（离登记界线的中位距离：前者 %(far)s 米，后者 %(near)s 米）。"
            "系统不会代为换算，没有导入。请核对后用 --crs 指定：--crs %(quoted)s；确认文件的说明无误时用 --crs %(own)s。"
        ),
        stated=own.key,
        found=found.name_zh,
        quoted=_quoted(found),
        own=_quoted(own),
        **_distances(own, found, decision),
        recognised=alternative_as_dict(found),
        alternatives=[alternative_as_dict(one) for one in _offered(decision)],
    )


def _offered(decision: CrsDecision) -> list[Reading]:
    return [*([decision.reading] if decision.reading else []), *decision.alternatives]


def _quoted(reading: Reading) -> str:
    return f'"{reading.key}"' if reading.swapped else reading.key


def _outlines(vertices: Floats, day: date) -> Outlines | None:
    """Where the numbers are degrees only the boundaries about them, either way round; else all there are."""
    usable = vertices[np.isfinite(vertices).all(axis=1)]
    if not len(usable):
        return None
    (west, south), (east, north) = np.quantile(usable, [0.005, 0.995], axis=0)
    near: Box | None = None
    if max(abs(west), abs(east), abs(south), abs(north)) <= 180:
        low_x, low_y, high_x, high_y = (west, south, east, north) if west > south else (south, west, north, east)
        near = (low_x - _MARGIN_DEG, low_y - _MARGIN_DEG, high_x + _MARGIN_DEG, high_y + _MARGIN_DEG)
    return outlines_for(day, near)
