"""Many phones send at once while the web server and the worker are killed: everything arrives, and once."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import FileSystemStorage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from procrastinate.contrib.django import app

from boundaries.models import InspectionTrack, TrackState
from gis.files.services import key_of
from gis.jobs import stalled
from tests.boundaries.field.world import NOON, FieldWorld, make_world, new_key, walk, work

pytestmark = pytest.mark.django_db(transaction=True)


class Office:
    """The web server and the worker as processes of their own, on the test's database."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        given = connection.settings_dict
        host, password = str(given["HOST"]).replace("/", "%2F"), f":{given['PASSWORD']}" if given.get("PASSWORD") else ""
        self.environment = {
            **os.environ,
            "DATABASE_URL": f"postgresql://{given['USER']}{password}@{host}:{given['PORT']}/{given['NAME']}",
            "DJANGO_SETTINGS_MODULE": "gis.settings.test",
            "TMPDIR": str(folder),  # the settings of the tests keep files there
        }
        self.media = folder / "yudi-test-media"
        self.log = (folder / "office.log").open("ab")
        self.running: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        address = f"127.0.0.1:{self.port}"
        self._run("-m", "gunicorn", "gis.wsgi", "--bind", address, "--workers", "2", "--threads", "4", "--timeout", "120")
        self._run(str(Path(settings.BASE_DIR) / "manage.py"), "run_worker")

    def kill(self) -> None:
        """As a power cut does: nobody is asked to finish anything."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
        for process in self.running:
            process.wait()
        self.running.clear()

    def _run(self, *command: str) -> None:
        self.running.append(
            subprocess.Popen(
                [sys.executable, *command],
                env=self.environment, cwd=settings.BASE_DIR, stdout=self.log, stderr=self.log, start_new_session=True,
            )
        )  # fmt: skip


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    running = Office(tmp_path)
    yield running
    running.kill()
    running.log.close()


class Phone:
    """Sends until it has an answer, as the page does: the same key again after every failure."""

    def __init__(self, office: Office, world: FieldWorld, number: int, uploads: int) -> None:
        self.address, self.arrived, self.tries = f"http://127.0.0.1:{office.port}{world.here}", 0, 0
        person = world.walker if number % 2 else world.other
        client = Client()
        client.force_login(person)
        self.session = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.csrf = f"a{number:031d}"
        begins = [NOON + timedelta(days=number, hours=turn) for turn in range(uploads)]
        self.queue = {new_key(): walk(114.0, 114.002, begins=moment) for moment in begins}

    def send_all(self) -> None:
        for key, content in self.queue.items():
            while not self._send(key, content):
                time.sleep(0.2)
            self.arrived += 1

    def _send(self, key: str, content: bytes) -> bool:
        self.tries += 1
        body = encode_multipart(BOUNDARY, {"key": key, "file": SimpleUploadedFile(f"{key}.gpx", content)})
        headers = {
            "Content-Type": MULTIPART_CONTENT,
            "Cookie": f"sessionid={self.session}; csrftoken={self.csrf}",
            "X-CSRFToken": self.csrf,
        }
        request = urllib.request.Request(f"{self.address}tracks/", body, headers)  # noqa: S310  our own address
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return answer.status in (200, 201)
        except urllib.error.HTTPError as error:
            assert error.code >= 500, (error.code, error.read()[:500])
            return False
        except (OSError, urllib.error.URLError):
            return False


def look_after_what_was_cut_off() -> None:
    """What the next worker does some half a minute after the last heartbeat of the killed one."""

    async def look() -> int:
        async with app.open_async():
            return await stalled.take_care_of_stalled(app, seconds_without_heartbeat=0)

    def run() -> None:
        with app.replace_connector(app.connector.get_worker_connector()):
            asyncio.run(look())
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


@pytest.mark.parametrize(
    ("phones", "each", "kills"),
    [(4, 3, 1), pytest.param(20, 10, 3, marks=[pytest.mark.slow, pytest.mark.timeout(1800)])],
)
def test_everything_arrives_once_though_web_and_worker_are_killed(office, settings, phones, each, kills):
    world, total = make_world(), phones * each
    settings.MEDIA_ROOT = office.media
    people = [Phone(office, world, number, each) for number in range(1, phones + 1)]
    office.start()
    threads = [threading.Thread(target=phone.send_all, daemon=True) for phone in people]
    for thread in threads:
        thread.start()
    for kill in range(1, kills + 1):
        _until(lambda reached=total * kill // (kills + 2): InspectionTrack.objects.count() >= reached)
        office.kill()
        office.start()
    for thread in threads:
        thread.join(600)
    assert [phone.arrived for phone in people] == [each] * phones
    sent = {key: content for phone in people for key, content in phone.queue.items()}
    kept = {str(track.key): track for track in InspectionTrack.objects.select_related("file")}
    assert kept.keys() == sent.keys() and len(kept) == total
    storage = FileSystemStorage(office.media)
    for key, track in kept.items():
        with storage.open(key_of(track.file.sha256)) as handle:
            assert handle.read() == sent[key]
    office.kill()
    look_after_what_was_cut_off()
    work()
    assert not InspectionTrack.objects.exclude(state=TrackState.MATCHED).exists()
    assert sum(phone.tries for phone in people) > total, "nothing was cut off, so nothing was tested"


def _until(reached: Any, seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "nothing arrives"
        time.sleep(0.05)
