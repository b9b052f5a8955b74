"""The demo county, decisions that are enacted in it, and a today of one's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from boundaries.models import Decision, Division, DivisionRecord
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from tests.boundaries.decided import stated
from tests.demo_county import demo_county


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    with django_db_blocker.unblock(), transaction.atomic():
        demo_county(joint_work=False)
        yield
        transaction.set_rollback(True)


@pytest.fixture
def demo(loaded, db) -> None:
    """Within a savepoint of the county's transaction."""


@pytest.fixture
def today_is(monkeypatch) -> Callable[[date], None]:
    """``today_is(day)``: the office's calendar shows that day."""

    def set_today(day: date) -> None:
        monkeypatch.setattr(timezone, "localdate", lambda *_args, **_kwargs: day)

    return set_today


def unit(name: str, day: date) -> int:
    return DivisionRecord.objects.on(day).get(name=name).division_id


@pytest.fixture
def enacted(demo) -> Callable[..., Decision]:
    """``enacted(approved_on, *acts, coded=False)``: a decision of the demo county, in force the day it was approved unless told.

    Without acts 麦垄乡 becomes 麦垄镇, whose code is left to be determined unless `coded`.
    """

    def make(
        approved_on: date,
        *acts: ActEntry,
        effective_on: date | None = None,
        coded: bool = False,
        area: str = "舆和县",
        **others: Any,
    ) -> Decision:
        day = effective_on or approved_on
        fields = stated(day, approved_on=approved_on, **others)
        if not coded:
            fields["case"] = {}
        acts = acts or (to_town("麦垄乡", day),)
        decision = decisions.create_draft(None, Division.objects.get(pk=unit(area, day)), acts, **fields)
        seen = decisions.preview(None, decision)
        return decisions.enact(None, decision, seen.fingerprint, reason="试验", redraw=False)

    return make


def to_town(name: str, day: date, ref: str = "town") -> ActEntry:
    new = {"ref": ref, "name": name.removesuffix("乡") + "镇", "type": "town"}
    return ActEntry("change_type", {"unit": unit(name, day), "new": new})
