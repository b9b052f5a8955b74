"""Two people enacting at once, and a process that is killed in the middle. Real transactions: these tests commit."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.utils import translation

from boundaries.models import (
    Decision,
    DecisionEvent,
    DecisionState,
    Division,
    DivisionCode,
    DivisionRecord,
    Lineage,
    Source,
)
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
from boundaries.services.register import wait_for_writers
from gis.audit.models import AuditEntry
from gis.errors import ConflictError
from tests.boundaries.changes.test_enacting import DAY, draft, everything
from tests.factories import make_division

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def county(db) -> Division:
    """A small county of names and codes: what is tested here has nothing to do with shapes."""
    county = make_division("某某县", 3, code="411799")
    for number, name in enumerate(("东岗乡", "西岗乡", "南岗乡")):
        township = make_division(name, 4, parent=county, code=f"41179920{number}")
        for village in range(6):
            make_division(f"{name[:2]}{village}村", 5, parent=township)
    return county


def unit(name: str) -> int:
    return DivisionRecord.objects.on(DAY).get(name=name).division_id


def town(name: str, new: str) -> ActEntry:
    return ActEntry("change_type", {"unit": unit(name), "new": {"ref": "town", "name": new, "type": "town"}})


def at_once(*drafts: Decision) -> list[DecisionState | Exception]:
    """Previews all, then enacts all at the same moment, each in a thread and on a connection of its own."""
    seen = [decisions.preview(None, one).fingerprint for one in drafts]
    start = threading.Barrier(len(drafts))
    outcomes: dict[int, DecisionState | Exception] = {}

    def enact(number: int) -> None:
        start.wait()
        try:
            with translation.override("zh-hans"):
                enacted = decisions.enact(None, drafts[number], seen[number], reason="试验", redraw=False)
            outcomes[number] = DecisionState(enacted.state)
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=enact, args=(number,)) for number in range(len(drafts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return [outcomes[number] for number in range(len(drafts))]


def loser_of(outcomes: list[DecisionState | Exception]) -> ConflictError:
    [lost] = [one for one in outcomes if one != DecisionState.ENACTED]
    assert isinstance(lost, ConflictError) and lost.code == "register_moved", lost
    return lost


def test_one_wins_and_the_other_is_told_that_the_unit_is_no_more(county) -> None:
    lost = loser_of(at_once(*(draft(town("东岗乡", name), area="某某县") for name in ("东岗镇", "岗东镇"))))
    assert lost.details["because"] == "not_in_force"
    assert lost.details["told"] == [
        {
            "message": f"东岗乡在{DAY}已不在册，止于{DAY}。",
            "message_en": f"东岗乡 is not in force on {DAY}; it ended on {DAY}.",
        }
    ]
    assert "东岗乡" in str(lost)
    assert DivisionRecord.objects.on(DAY).filter(parent=county).count() == 3
    assert Lineage.objects.count() == 1 and AuditEntry.objects.filter(action="decision.enact").count() == 1


def test_one_wins_and_the_other_is_told_which_fields_moved(county) -> None:
    """Neither made the other's impossible: the second to come sees what it would have changed unseen."""
    rename = draft(ActEntry("rename", {"unit": unit("东岗乡"), "name": "东山乡"}), area="某某县")
    seat = draft(ActEntry("move_seat", {"unit": unit("东岗乡"), "seat": [114.1, 33.1]}), area="某某县")
    outcomes = at_once(rename, seat)
    told = loser_of(outcomes).details["told"]
    if outcomes[0] == DecisionState.ENACTED:
        said = {"message": "东岗乡的名称由“东岗乡”变为“东山乡”", "message_en": "the name of 东岗乡 went from “东岗乡” to “东山乡”"}
    else:
        said = {
            "message": "东岗乡的驻地由“无”变为“114.100000, 33.100000”",
            "message_en": "the seat of 东岗乡 went from “none” to “114.100000, 33.100000”",
        }
    assert said in told
    # After a new look the other goes through as well, on what the first left.
    second = rename if outcomes[0] != DecisionState.ENACTED else seat
    decisions.enact(None, second, decisions.preview(None, second).fingerprint, reason="试验", redraw=False)
    record = DivisionRecord.objects.on(DAY).get(division=unit("东山乡"))
    assert record.seat is not None and AuditEntry.objects.filter(action="decision.enact").count() == 2


def test_what_moved_is_told_of_parents_codes_and_villages_too(county) -> None:
    villages = [unit(f"东岗{number}村") for number in range(3)]
    later = draft(town("东岗乡", "东岗镇"), area="某某县")
    seen = decisions.preview(None, later)
    other = draft(
        ActEntry("transfer_villages", {"villages": villages, "to": unit("西岗乡")}),
        ActEntry("recode", {"unit": unit("东岗乡"), "code": "411799209"}),
        ActEntry("change_type", {"unit": unit("南岗乡"), "new": {"ref": "south", "name": "南岗镇", "type": "town"}}),
        area="某某县",
    )
    decisions.enact(None, other, decisions.preview(None, other).fingerprint, reason="试验", redraw=False)
    with pytest.raises(ConflictError) as caught:
        decisions.enact(None, later, seen.fingerprint, reason="试验", redraw=False)
    told = {one["message"]: one["message_en"] for one in caught.value.details["told"]}
    assert told["东岗0村已不在变更之内"] == "东岗0村 is no longer part of the change"
    assert told["东岗乡的代码由411799200变为411799209"] == "the code of 东岗乡 went from 411799200 to 411799209"
    assert told["东岗镇的代码由411799100变为411799101"] == "the code of 东岗镇 went from 411799100 to 411799101"
    with translation.override("en"), pytest.raises(ConflictError) as english:
        decisions.enact(None, later, seen.fingerprint, reason="试验", redraw=False)
    assert "东岗0村 is no longer part of the change" in str(english.value) and "变更" not in str(english.value)


# --- killed -------------------------------------------------------------------------------------------------------------


class Nursery:
    """The process that forks the children which enact and die; see dying.py."""

    def __init__(self) -> None:
        described = connection.settings_dict
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "gis.settings.test",
            "PYTHONPATH": str(ROOT),
            **_database(str(described["NAME"])),
        }
        script = Path(__file__).with_name("dying.py")
        self.process = subprocess.Popen(
            [sys.executable, str(script)], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.say() == ["ready"]

    def say(self) -> list[str]:
        assert self.process.stdout is not None
        return self.process.stdout.readline().split()

    def enact(self, decision: Decision, fingerprint: str, point: int = 0, kill_after: float | None = None) -> tuple[int, int]:
        """(exit status, points passed). `kill_after`: seconds until it is killed from outside."""
        assert self.process.stdin is not None
        print(decision.pk, fingerprint, point, file=self.process.stdin, flush=True)
        word, pid = self.say()
        assert word == "pid"
        if kill_after is not None:
            time.sleep(kill_after)
            with suppress(ProcessLookupError):  # it was quicker
                os.kill(int(pid), signal.SIGKILL)
        _word, status, count = self.say()
        with transaction.atomic():
            wait_for_writers()  # the server may still be busy with the last statement of the dead
        return int(status), int(count)

    def close(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        self.process.wait(30)


def _database(name: str) -> dict[str, str]:
    """How another process is told of the test's database: by the address where there is one, else by the name."""
    url = os.environ.get("DATABASE_URL")
    return {"YUDI_DATABASE": name} if not url else {"DATABASE_URL": url.rsplit("/", 1)[0] + "/" + name}


@pytest.fixture
def nursery(county) -> Iterator[Nursery]:
    made = Nursery()
    yield made
    made.close()


def picture(decision: Decision) -> dict[str, object]:
    """All that enacting may write, without ids that a sequence gave and without moments."""
    held = Decision.objects.get(pk=decision.pk)
    models = (Division, DivisionRecord, DivisionCode, Lineage, Source, AuditEntry, DecisionEvent)
    names = dict(DivisionRecord.objects.current().values_list("division", "name"))
    edges = Lineage.objects.values_list("predecessor", "successor", "on", "kind", "area_share", "population_share")
    return {
        "rows": [model._default_manager.count() for model in models],
        "days": [{tuple(names.get(v, v) if i == 0 else v for i, v in enumerate(row) if i != 3) for row in everything(day)}
                 for day in (DAY, DAY.replace(year=2025))],
        "edges": {(names[one], names[other], *rest) for one, other, *rest in edges},
        "decision": (held.state, held.version, bool(held.source_id), held.enacted_at is None, held.acts.exclude(made={}).count()),
    }  # fmt: skip


def expected_of(decision: Decision, fingerprint: str) -> dict[str, object]:
    """What an undisturbed run leaves; taken back."""
    with transaction.atomic():
        decisions.enact(None, decision, fingerprint, reason="试验", redraw=False)
        after = picture(decision)
        transaction.set_rollback(True)
    return after


def heavy(area: str = "某某县") -> Decision:
    """A decision that writes to every table: villages move, a township ends, a town begins with another code."""
    villages = [unit("西岗0村"), unit("西岗1村")]
    return draft(ActEntry("transfer_villages", {"villages": villages, "to": unit("东岗乡")}), town("东岗乡", "东岗镇"), area=area)


def test_killed_after_any_statement_it_leaves_nothing_or_all(county, nursery) -> None:
    """Killed after every statement in turn, before the commit and after it."""
    decision = heavy()
    fingerprint = decisions.preview(None, decision).fingerprint
    before, after = picture(decision), expected_of(decision, fingerprint)
    assert before != after and picture(decision) == before
    point, seen = 0, []
    while picture(decision) == before:
        point += 1
        status, count = nursery.enact(decision, fingerprint, point)
        assert (status, count) == (-signal.SIGKILL, point), "it died where it was told to"
        now = picture(decision)
        assert now in (before, after), f"half of the decision is left after point {point}"
        seen.append(now == after)
    assert seen.count(True) == 1 and len(seen) > 20, "only the last point, after the commit, leaves it all"
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.ENACTED


def test_killed_from_outside_at_any_moment_it_leaves_nothing_or_all(county, nursery) -> None:
    chance = random.Random(20261126)
    started = time.monotonic()
    decision = heavy()
    fingerprint = decisions.preview(None, decision).fingerprint
    before, after = picture(decision), expected_of(decision, fingerprint)
    whole = time.monotonic() - started
    outcomes = []
    for _attempt in range(12):
        status, _count = nursery.enact(decision, fingerprint, kill_after=chance.uniform(0, 1.5 * whole))
        now = picture(decision)
        assert now in (before, after)
        assert status in (0, -signal.SIGKILL) and (status != 0 or now == after)
        outcomes.append(now == after)
        if now == after:
            break
    if not outcomes[-1]:
        assert nursery.enact(decision, fingerprint)[0] == 0  # what the dead left does not stand in the way
    assert picture(decision) == after
