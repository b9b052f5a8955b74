"""Long work, carried out by a real worker on the test database."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from django.urls import reverse
from procrastinate.contrib.django import app

from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import InvalidInputError
from gis.jobs import kinds, services, stalled
from gis.jobs.models import Job, JobState
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def _count(job: Job, *, to: int) -> dict[str, object]:
    with transaction.atomic():
        for number in range(to):
            services.progress(job, number, to, f"第 {number} 行")
            if number == to // 2:
                # Asked on another connection: the job's own transaction is still open.
                seen["half-way"] = _seen_from_outside(job.pk)
    return {"message": "数完了", "counted": to}


def _seen_from_outside(pk: int) -> tuple[str, int, int]:
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT state, done, total FROM yudi_job WHERE id = %s", [pk])
            return cursor.fetchone()
    finally:
        other.close()


def _refuse(job: Job) -> None:
    raise InvalidInputError("bad_row", "第 3 行的代码重复。", row=3)


def _break(job: Job) -> None:
    raise ZeroDivisionError


seen: dict[str, object] = {}
COUNT = kinds.Kind("test.count", "数数", _count)
kinds.register(COUNT)
kinds.register(kinds.Kind("test.refuse", "拒绝", _refuse))
kinds.register(kinds.Kind("test.break", "出错", _break))


@pytest.fixture
def owner():
    return make_user("owner", (Duty.READER, None))


def in_a_thread(act: Callable[[], Any]) -> Any:
    """The worker brings its own event loop, and the browser tests leave one running in the main thread."""

    def then_close() -> Any:
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(then_close).result()


def work() -> None:
    """Everything queued, by the worker of scripts/run."""
    in_a_thread(lambda: call_command("run_worker", "--once"))


def test_a_job_is_carried_out_and_watched_from_outside_its_transaction(owner):
    job = services.start("test.count", "数到一百", owner, to=100)
    assert (job.state, Job.objects.count()) == (JobState.WAITING, 1)
    work()
    job.refresh_from_db()
    assert (job.state, job.message, job.result) == (JobState.DONE, "数完了", {"counted": 100})
    assert job.started_at <= job.finished_at
    state, _done, total = seen["half-way"]
    assert (state, total) == ("running", 100)
    assert AuditEntry.objects.filter(action="job.start", target_id=str(job.pk), actor=owner).exists()


def test_nothing_is_queued_when_the_deed_that_asked_for_it_is_rolled_back(owner):
    with pytest.raises(RuntimeError), transaction.atomic():
        services.start("test.count", "数", owner, to=3)
        raise RuntimeError
    work()
    assert not Job.objects.exists()
    assert not AuditEntry.objects.filter(action="job.start").exists()


def test_a_refusal_is_told_in_its_own_words(owner):
    job = services.start("test.refuse", "导入", owner)
    work()
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.FAILED, "第 3 行的代码重复。")
    assert job.result == {"error": {"code": "bad_row", "message": "第 3 行的代码重复。", "row": 3}}


def test_a_defect_is_logged_and_told_without_its_insides(owner, caplog):
    job = services.start("test.break", "导入", owner)
    work()
    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "程序出错" in job.message and "ZeroDivision" not in job.message
    assert any("ZeroDivisionError" in (record.exc_text or "") for record in caplog.records)


def test_an_unknown_kind_is_a_programming_error(owner):
    with pytest.raises(RuntimeError, match=r"test\.unknown"):
        services.start("test.unknown", "?", owner)


def _queued_under_a_dead_worker(job: Job) -> None:
    """As a worker leaves it that was killed outright: running, with a heartbeat that has stopped."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '5 minutes') RETURNING id")
        worker = cursor.fetchone()[0]
        cursor.execute("SELECT id FROM procrastinate_fetch_job_v2(NULL, %s)", [worker])
        assert cursor.fetchone() is not None
    services.begin(job)


def look_once() -> int:
    async def look() -> int:
        async with app.open_async():
            return await stalled.take_care_of_stalled(app)

    def run() -> int:
        with app.replace_connector(app.connector.get_worker_connector()):
            return asyncio.run(look())

    return in_a_thread(run)


def test_a_job_whose_worker_died_is_put_back_and_done(owner):
    job = services.start("test.count", "数", owner, to=5)
    _queued_under_a_dead_worker(job)
    assert look_once() == 1
    job.refresh_from_db()
    assert job.state == JobState.WAITING and "重新排队" in job.message
    work()
    job.refresh_from_db()
    assert job.state == JobState.DONE


def test_a_job_that_must_not_run_twice_is_given_up_in_words(owner):
    kinds.register(once := kinds.Kind("test.once", "一次", _refuse, restartable=False))
    job = services.start(once.key, "一次", owner)
    _queued_under_a_dead_worker(job)
    assert look_once() == 1
    job.refresh_from_db()
    assert job.state == JobState.FAILED and "请重新发起" in job.message
    assert look_once() == 0


def _database_url() -> str:
    given = connection.settings_dict
    host = str(given["HOST"]).replace("/", "%2F")
    password = f":{given['PASSWORD']}" if given.get("PASSWORD") else ""
    return f"postgresql://{given['USER']}{password}@{host}:{given['PORT']}/{given['NAME']}"


def test_the_worker_stops_cleanly_when_asked(owner, tmp_path):
    environment = {**os.environ, "DATABASE_URL": _database_url(), "DJANGO_SETTINGS_MODULE": "gis.settings.test"}
    log = (tmp_path / "worker.log").open("wb")
    before = _workers()
    command = [sys.executable, str(Path(settings.BASE_DIR) / "manage.py"), "run_worker"]
    worker = subprocess.Popen(command, env=environment, stdout=log, stderr=log, cwd=settings.BASE_DIR)
    try:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not _workers() - before:
            time.sleep(0.1)
        assert len(_workers() - before) == 1, (tmp_path / "worker.log").read_text()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0, (tmp_path / "worker.log").read_text()
        assert not _workers() - before
    finally:
        worker.kill()
        worker.wait()


def _workers() -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_workers")
        return {row[0] for row in cursor.fetchall()}


def test_the_job_page_polls_until_the_end_and_is_its_owners(owner, logged_in):
    job = services.start("test.count", "数 <b>行</b>", owner, to=3)
    address = reverse("job-detail", args=[job.pk])
    client = logged_in(owner)
    waiting = client.get(address).content.decode()
    assert 'hx-trigger="every 1s"' in waiting and "数 &lt;b&gt;行" in waiting
    work()
    part = client.get(address, {"part": "progress"}).content.decode()
    assert "hx-trigger" not in part and "数完了" in part and "<html" not in part
    assert logged_in(make_user("other", (Duty.ADMINISTRATOR, None))).get(address).status_code == 200
    assert logged_in(make_user("third", (Duty.READER, None))).get(address).status_code == 403
    assert "数 &lt;b&gt;行" in client.get(reverse("job-list")).content.decode()


def test_a_stopping_worker_puts_back_what_it_cannot_finish(owner, monkeypatch):
    """A long job meets the stop in its next word of progress; the next worker does it from the start."""

    def until_stopped(job: Job) -> dict[str, object]:
        if not seen.get("stopped"):
            seen["stopped"] = True
            loop, worker = workers[-1]
            loop.call_soon_threadsafe(worker.cancel)  # what a stop signal does; the signal itself is tested on a process
            for number in range(600):
                time.sleep(0.05)
                services.progress(job, number, 600)
        return {"message": "第二次做完"}

    workers: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[None]]] = []
    monkeypatch.setattr(
        "gis.management.commands.run_worker._stop_on_signals",
        lambda worker: workers.append((asyncio.get_running_loop(), worker)),
    )
    monkeypatch.setattr("gis.management.commands.run_worker.SECONDS_TO_FINISH", 0.2)
    seen.pop("stopped", None)
    kinds.register(kinds.Kind("test.until-stopped", "久", until_stopped))
    job = services.start("test.until-stopped", "久", owner)
    began = time.monotonic()
    work()
    assert time.monotonic() - began < 10
    job.refresh_from_db()
    assert job.state == JobState.WAITING and "重新启动后" in job.message
    work()
    job.refresh_from_db()
    assert (job.state, job.message) == (JobState.DONE, "第二次做完")
