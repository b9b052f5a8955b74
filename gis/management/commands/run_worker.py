"""`manage.py run_worker`: carries out queued jobs until it is asked to stop."""

from __future__ import annotations

import asyncio
import signal
import threading
from typing import Any

from asgiref.sync import sync_to_async
from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app

from gis.jobs import stalled, upkeep

SECONDS_TO_FINISH = 8.0


class Command(BaseCommand):
    help = "执行后台任务，直到收到停止信号 / carries out queued jobs until SIGTERM or SIGINT"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=1, help="同时执行的任务数 / jobs at a time (default 1)")
        parser.add_argument("--once", action="store_true", help="做完排队的任务就结束 / end when the queue is empty")

    def handle(self, *args: Any, **options: Any) -> None:
        connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]  # Django's connector has one
        with app.replace_connector(connector):
            asyncio.run(_work(max(options["concurrency"], 1), wait=not options["once"]))


async def _work(concurrency: int, *, wait: bool) -> None:
    async with app.open_async():
        if not wait:  # else the watch does, again and again
            await sync_to_async(upkeep.look_after_everything, thread_sensitive=False)()
        watch = asyncio.create_task(stalled.look_for_ever(app))
        worker = asyncio.create_task(
            app.run_worker_async(
                concurrency=concurrency,
                wait=wait,
                delete_jobs="successful",
                shutdown_graceful_timeout=SECONDS_TO_FINISH,
                stalled_worker_timeout=stalled.SECONDS_WITHOUT_HEARTBEAT,
                # From the first moment on; the worker's own handlers come only after it has announced itself.
                install_signal_handlers=False,
            )
        )
        _stop_on_signals(worker)
        # Whichever ends first ends the other: a watch that fails must not leave stalled jobs unseen.
        await asyncio.wait({watch, worker}, return_when=asyncio.FIRST_COMPLETED)
        watch.cancel()
        worker.cancel()
        outcomes = await asyncio.gather(worker, watch, return_exceptions=True)
        for outcome in outcomes:
            if isinstance(outcome, Exception):
                raise outcome


def _stop_on_signals(worker: asyncio.Task[None]) -> None:
    """A cancelled worker finishes what it has begun, or puts it back, before it ends."""
    asked = False

    def ask() -> None:
        nonlocal asked
        if not asked:
            asked = True
            worker.cancel()

    # Only the main thread may set handlers; tests run the command wherever they are.
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, ask)
