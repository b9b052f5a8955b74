"""Two people enacting at once, and a process that dies in the middle. Real transactions: these tests commit."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from boundaries.models import Decision, DecisionState, Division, DivisionCode, DivisionRecord, Lineage
from boundaries.services import decisions
from boundaries.services.decisions import ActEntry
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
        for village in range(20):
            make_division(f"{name[:2]}{village}村", 5, parent=township)
    return county


def unit(name: str) -> int:
    return DivisionRecord.objects.on(DAY).get(name=name).division_id


def town(name: str, new: str) -> ActEntry:
    return ActEntry("change_type", {"unit": unit(name), "new": {"ref": "town", "name": new, "type": "town"}})


def test_one_wins_and_the_other_is_told_what_changed(county) -> None:
    drafts = [draft(town("东岗乡", name), area="某某县") for name in ("东岗镇", "岗东镇")]
    seen = [decisions.preview(None, one).fingerprint for one in drafts]
    start = threading.Barrier(2)
    outcomes: dict[int, object] = {}

    def enact(number: int) -> None:
        start.wait()
        try:
            outcomes[number] = decisions.enact(None, drafts[number], seen[number], redraw=False).state
        except Exception as error:
            outcomes[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=enact, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    [winner] = [number for number, outcome in outcomes.items() if outcome == DecisionState.ENACTED]
    loser = outcomes[1 - winner]
    # The unit is gone: what the loser decided can no longer be planned, and the sentence says so.
    assert isinstance(loser, ConflictError) or getattr(loser, "code", "") == "not_in_force", loser
    assert DivisionRecord.objects.on(DAY).filter(parent=county).count() == 3
    assert Lineage.objects.count() == 1 and AuditEntry.objects.filter(action="decision.enact").count() == 1


def test_the_second_of_two_on_one_unit_sees_the_difference(county) -> None:
    one = draft(ActEntry("rename", {"unit": unit("东岗乡"), "name": "东山乡"}), area="某某县")
    other = draft(ActEntry("move_seat", {"unit": unit("东岗乡"), "seat": [114.1, 33.1]}), area="某某县")
    seen = [decisions.preview(None, draft_).fingerprint for draft_ in (one, other)]
    decisions.enact(None, one, seen[0], redraw=False)
    with pytest.raises(ConflictError) as caught:
        decisions.enact(None, other, seen[1], redraw=False)
    assert caught.value.code == "register_moved"
    names = {row["name"] for part in caught.value.details["difference"] for row in (*part["before"], *part["now"])}
    assert names == {"东岗乡", "东山乡"}


KILLED = """
    import os, sys, time
    import django
    django.setup()
    from django.db import connection, models
    from boundaries.models import Decision
    from boundaries.services import decision_writing, decisions

    stop_before, pk, fingerprint = sys.argv[1:]
    count = 0

    def wrapper(execute, sql, params, many, context):
        global count
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            count += 1
            if count == int(stop_before):
                print("waiting", flush=True)
                time.sleep(60)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        decisions.enact(None, Decision.objects.get(pk=pk), fingerprint, redraw=False)
    print("done", count, flush=True)
"""


@pytest.fixture
def database() -> Iterator[dict[str, str]]:
    """The environment in which another process finds the test's database."""
    described = connection.settings_dict
    yield {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gis.settings.test",
        "YUDI_DATABASE": described["NAME"],
        "PYTHONPATH": str(ROOT),
    }


def test_a_killed_process_leaves_nothing_or_all(county, database) -> None:
    """Killed before each of its writing statements in turn, until one run comes through."""
    decision = draft(town("东岗乡", "东岗镇"), area="某某县")
    fingerprint = decisions.preview(None, decision).fingerprint
    before, audited = everything(DAY), AuditEntry.objects.count()
    rows = (Division.objects.count(), DivisionRecord.objects.count(), DivisionCode.objects.count())
    statements = [1, 2, 4, 7, 10, 99]
    for stop_before in statements:
        process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(KILLED), str(stop_before), str(decision.pk), fingerprint],
            cwd=ROOT,
            env=database,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said = process.stdout.readline().split()
        if said[0] == "done":
            process.wait()
            break
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert everything(DAY) == before and Decision.objects.get(pk=decision.pk).state == DecisionState.DRAFT
        assert rows == (Division.objects.count(), DivisionRecord.objects.count(), DivisionCode.objects.count())
        assert AuditEntry.objects.count() == audited
    assert said[0] == "done" and int(said[1]) >= 8
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.ENACTED
    assert DivisionRecord.objects.on(DAY).filter(name="东岗镇").exists() and everything(DAY) != before
