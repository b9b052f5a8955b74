"""What adopting a standard would change, township by township, before anybody adopts it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from boundaries.models import RuleSet, RuleSetState
from boundaries.rules.distance import ScreeningClass
from boundaries.services.establishment import Screened, screen
from boundaries.services.places import Place
from boundaries.services.rule_sets import Chosen, as_chosen, choose, parsed, would_be_chosen
from gis.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Change:
    """One township whose class or verdict differs; `old` is None while no standard can be chosen for it."""

    place: Place
    county: Place | None
    old: Screened | None
    new: Screened


@dataclass(frozen=True, slots=True)
class Preview:
    """`now` is the standard checks go by today, None without one; `becomes_current` whether they would go by `new` instead."""

    target: str
    on: date
    now: Chosen | None
    new: Chosen
    becomes_current: bool
    units: int
    changes: tuple[Change, ...]
    moves: tuple[tuple[str | None, str, int], ...]


def preview_changes(row: RuleSet, on: date) -> list[Preview]:
    """One preview for each target of `row`, which need not be saved: the same screening by the standard of today and by `row`."""
    supposed = RuleSet(
        pk=row.pk,
        identifier=row.identifier,
        title=row.title,
        target=row.target,
        status=row.status,
        toml=row.toml,
        sha256=row.sha256,
        state=RuleSetState.ADOPTED,
    )
    return [_preview(supposed, target, on) for target in sorted(parsed(supposed).targets)]


def _preview(supposed: RuleSet, target: str, on: date) -> Preview:
    try:
        now = choose(target, on)
    except ConflictError:  # no standard at all, or two official ones at once: nobody has a verdict today
        now = None
    new = as_chosen(supposed, target, on)
    before = {one.place.id: one for one in screen(target, on, chosen=now).units} if now is not None else {}
    after = screen(target, on, chosen=new).units
    changes = [
        Change(one.place, one.county, before.get(one.place.id), one) for one in after if _differs(before.get(one.place.id), one)
    ]
    moves = Counter((change.old.klass.value if change.old else None, change.new.klass.value) for change in changes)
    return Preview(
        target=target,
        on=on,
        now=now,
        new=new,
        becomes_current=would_be_chosen(supposed, target, on),
        units=len(after),
        changes=tuple(sorted(changes, key=lambda change: change.new.rank)),
        moves=tuple((old, to, count) for (old, to), count in sorted(moves.items(), key=lambda item: -item[1])),
    )


def _differs(old: Screened | None, new: Screened) -> bool:
    if old is None:
        return new.klass is not ScreeningClass.NO_DATA
    return (old.klass, old.evaluation.overall) != (new.klass, new.evaluation.overall)


def preview_document(preview: Preview) -> dict[str, Any]:
    return {
        "target": preview.target,
        "on": preview.on.isoformat(),
        "now": _chosen(preview.now) if preview.now else None,
        "new": _chosen(preview.new),
        "becomes_current": preview.becomes_current,
        "units": preview.units,
        "changed": len(preview.changes),
        "moves": [{"from": old, "to": new, "count": count} for old, new, count in preview.moves],
        "changes": [
            {
                "division": change.place.id,
                "code": change.place.code,
                "name": change.place.name,
                "parent": change.county.name if change.county else None,
                "from": {"class": change.old.klass.value, "overall": change.old.evaluation.overall.value} if change.old else None,
                "to": {"class": change.new.klass.value, "overall": change.new.evaluation.overall.value},
            }
            for change in preview.changes
        ],
    }


def _chosen(chosen: Chosen) -> dict[str, Any]:
    return {"id": chosen.rules.id, "status": chosen.rules.status.value, "title": chosen.rules.title, "advisory": chosen.advisory}
