"""Processes killed between a change and the map, and who makes up for it. Real transactions, processes and workers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import F

from boundaries import tiles
from boundaries.models import Decision, DecisionState, Division, DivisionRecord, MapRevision, MapShape, MapStale
from boundaries.services import decisions, map_shapes, map_updates
from boundaries.services.decisions import ActEntry
from gis.jobs.models import Job, JobState
from tests.boundaries.changes.test_map_follows import drawn
from tests.boundaries.decided import stated
from tests.boundaries.map_world import AFTER, MapWorld, build
from tests.boundaries.test_tiles import EDGE, decoded, names, square

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def world(db) -> MapWorld:
    return build()


def draft(world: MapWorld) -> tuple[Decision, str]:
    act = ActEntry("rename", {"unit": world.first.pk, "name": "新甲镇"})
    area = Division.objects.get(pk=world.city.pk)
    decision = decisions.create_draft(None, area, [act], **stated(AFTER))
    return decision, decisions.preview(None, decision).fingerprint


def shown() -> set[str]:
    """Names of townships in the tile of the day."""
    return names(decoded(tiles.tile(AFTER, 10, *square(*EDGE, 10))[1])["township"])


def assert_healed() -> None:
    assert not MapStale.objects.exists() and "新甲镇" in shown()
    healed = drawn()
    map_shapes.rebuild_levels()
    assert drawn() == healed


def work() -> None:
    """The worker of scripts/run, until its queue is empty."""

    def run() -> None:
        try:
            call_command("run_worker", "--once")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def some_seconds_pass() -> None:
    MapStale.objects.update(noted_at=F("noted_at") - 2 * map_updates.PATIENCE)


KILLED = """
    import sys, time
    import django
    django.setup()
    from boundaries.models import Decision
    from boundaries.services import decisions, map_rows, map_shapes

    where, pk, fingerprint = sys.argv[1:]

    def wait(*arguments, **options):
        print("waiting", flush=True)
        time.sleep(60)

    if where == "before":
        map_shapes.mend = wait
    else:
        map_rows.write_borders = wait
        map_rows.write_shapes = wait
    decisions.enact(None, Decision.objects.get(pk=pk), fingerprint)
    print("done", flush=True)
"""


@contextmanager
def enacting(where: str, decision: Decision, fingerprint: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that enacts the decision and stops before it remakes the map, or in the middle of it."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "gis.settings.test",
        "YUDI_DATABASE": connection.settings_dict["NAME"],
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-c", textwrap.dedent(KILLED), where, str(decision.pk), fingerprint]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None and process.stdout.readline() == "waiting\n"
        yield process
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("where", ["before", "within"])
def test_killed_between_the_commit_and_the_map(world, where) -> None:
    decision, fingerprint = draft(world)
    before = drawn()
    with enacting(where, decision, fingerprint) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert Decision.objects.get(pk=decision.pk).state == DecisionState.ENACTED
    assert DivisionRecord.objects.on(AFTER).get(division=world.first).name == "新甲镇"
    assert drawn() == before and "甲镇" in shown(), "the map is wholly the one before"
    assert {one.division_id for one in MapStale.objects.all()} == {world.first.pk}
    work()
    assert not Job.objects.exists(), "whoever changed the register may still be at it"
    some_seconds_pass()
    work()
    assert Job.objects.get(kind=map_updates.MAP_JOB).state == JobState.DONE
    assert_healed()


def test_the_next_decision_makes_up_for_a_killed_one(world) -> None:
    decision, fingerprint = draft(world)
    with enacting("before", decision, fingerprint) as process:
        process.send_signal(signal.SIGKILL)
        process.wait()
    act = ActEntry("rename", {"unit": world.second.pk, "name": "新乙乡"})
    other = decisions.create_draft(None, world.city, [act], **stated(AFTER))
    decisions.enact(None, other, decisions.preview(None, other).fingerprint)
    assert shown() == {"新甲镇", "新乙乡"}
    assert_healed()


def test_while_one_remakes_the_map_nobody_waits_and_nobody_sees_half_of_it(world) -> None:
    """A remaking in the middle of its transaction: tiles show the map before it, another's decision is left to the worker."""
    decision, fingerprint = draft(world)
    edition = tiles.edition_of(AFTER)
    with enacting("within", decision, fingerprint):
        assert "甲镇" in shown() and tiles.edition_of(AFTER) == edition
        act = ActEntry("rename", {"unit": world.second.pk, "name": "新乙乡"})
        other = decisions.create_draft(None, world.city, [act], **stated(AFTER))
        decisions.enact(None, other, decisions.preview(None, other).fingerprint)
        assert Job.objects.get(kind=map_updates.MAP_JOB).state == JobState.WAITING
        assert shown() == {"甲镇", "乙乡"}
    work()
    assert shown() == {"新甲镇", "新乙乡"} and tiles.edition_of(AFTER) != edition
    assert_healed()


def test_a_large_change_is_left_to_the_worker(world, monkeypatch) -> None:
    monkeypatch.setattr(map_updates, "FEW", 0)
    decision, fingerprint = draft(world)
    decisions.enact(None, decision, fingerprint)
    assert "甲镇" in shown()
    job = Job.objects.get(kind=map_updates.MAP_JOB)
    assert (job.state, job.owner) == (JobState.WAITING, None)
    work()
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "地图已更新。")
    assert_healed()


def test_a_small_change_is_on_the_map_at_once(world) -> None:
    decision, fingerprint = draft(world)
    revision = MapRevision.objects.get(level=4).revision
    decisions.enact(None, decision, fingerprint)
    assert MapRevision.objects.get(level=4).revision == revision + 1 and not Job.objects.exists()
    assert_healed()


def test_a_map_that_cannot_be_made_does_not_undo_a_decision(world, monkeypatch) -> None:
    """And is tried again, but not without end."""

    def broken(**_options: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(map_shapes, "mend", broken)
    decision, fingerprint = draft(world)
    assert decisions.enact(None, decision, fingerprint).state == DecisionState.ENACTED
    for _time in range(2):
        some_seconds_pass()
        work()
    assert [job.state for job in Job.objects.all()] == [JobState.FAILED]
    monkeypatch.undo()
    Job.objects.update(finished_at=F("finished_at") - map_updates.AFTER_FAILURE - timedelta(seconds=1))
    work()
    assert_healed()


def test_the_map_lags_by_nothing_it_was_not_told(world) -> None:
    """Every shape is of a record that holds on its days."""
    for shape in MapShape.objects.all():
        day = shape.valid.lower or AFTER
        assert DivisionRecord.objects.on(day).filter(division=shape.division_id, name=shape.name).exists()
