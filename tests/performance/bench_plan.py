"""scripts/bench plan [--lines N] [--rounds N] [--vertices N]: pages of the inspection plan, their statements.

rows     boundaries.inspection_plan.plan_rows and progress for all lines at once, as the pages ask
loop     the same rows, one line after the other, as a plain program over the tables would
table …  each page as a person gets it, with the statements it asks

Everything is made in one transaction and taken back.
"""

# ruff: noqa: E402 - Django is set up before anything of ours is imported

from __future__ import annotations

import argparse
import math
import os
import statistics
import sys
import time
import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gis.settings.test")

import django

django.setup()

from django.conf import settings
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from boundaries.boundary_lines import lines_of_areas
from boundaries.inspection_plan import plan_rows, progress
from boundaries.models import BoundaryHazard, InspectionTrack, JointInspection, Level, LineRound, TrackState
from gis.accounts.models import Duty
from gis.files.models import StoredFile
from tests.factories import make_division, make_line, make_user


def main() -> None:
    parser = argparse.ArgumentParser(prog="scripts/bench plan")
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--vertices", type=int, default=2000)
    parser.add_argument("--times", type=int, default=9)
    options = parser.parse_args()
    if "bench" not in str(connection.settings_dict["NAME"]):
        sys.exit("scripts/bench fills the register: only a database with “bench” in its name is used")
    settings.ALLOWED_HOSTS = ["testserver"]
    with transaction.atomic():
        user = fill(options.lines, options.rounds, options.vertices)
        measure(user, options.times)
        transaction.set_rollback(True)


def fill(lines: int, rounds: int, vertices: int):
    """A province of counties in a row, each with a line to the next; earlier rounds filed, this one under way."""
    today = timezone.localdate()
    province = make_division("某省", Level.PROVINCE, code="990000")
    counties = [make_division(f"第{n}县", Level.COUNTY, code=f"99{n:04d}", parent=province) for n in range(1, lines + 2)]
    user = make_user("bench", (Duty.DIVISION_OFFICER, province))
    for n in range(lines):
        west = 110.5 + 6 * n / lines
        places = [(west + 0.01 * math.sin(k / 9), 32 + 4 * k / vertices) for k in range(vertices)]
        line = make_line(f"99-{n:04d}", counties[n], counties[n + 1], places, name=f"第{n}线")
        a, b = counties[n], counties[n + 1]
        for number in range(1, rounds + 1):
            year = today.year - 5 * (rounds - number) - n % 5
            row = LineRound.objects.create(
                line=line, number=number, year=year, lead=a if number % 2 else b, partner=b if number % 2 else a
            )
            last = number == rounds
            JointInspection.objects.create(
                line=line, year=year if not last else today.year, round=row, lead=row.lead, partner=row.partner,
                state="in_field" if last else "filed", frozen=None if last else {"past": True, "text": "x" * 4000},
                starts_on=date(today.year, 1 + n % 12, 1) if last else None,
            )  # fmt: skip
        track(line)
        BoundaryHazard.objects.create(
            line=line, kind="water", title=f"第{n}项", likelihood="likely", consequence="serious", found_on=today, created_by=user
        )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return user


def track(line) -> None:
    held = JointInspection.objects.get(line=line, state="in_field")
    file = StoredFile.objects.create(
        name="t.gpx", sha256=uuid.uuid4().hex * 2, size=1, media_type="application/gpx+xml", purpose="track"
    )
    spans = [(1000.0 * k, 1000.0 * k + 700) for k in range(40)]
    InspectionTrack.objects.create(inspection=held, key=uuid.uuid4(), file=file, state=TrackState.MATCHED, coverage=spans)


def measure(user, times: int) -> None:
    today = timezone.localdate()

    def together() -> int:
        rows = plan_rows(lines_of_areas(None).defer("geometry"), today)
        progress(rows, today.year)
        return len(rows)

    def one_by_one() -> int:
        rows = []
        for record in lines_of_areas(None).defer("geometry"):
            [row] = plan_rows([record], today)
            progress([row], today.year)
            rows.append(row)
        return len(rows)

    ours, asked = typical(together, times)
    print(f"{'rows':24}{ours:9.1f} ms {asked:6} statements")
    loop, many = typical(one_by_one, 3)
    print(f"{'loop':24}{loop:9.1f} ms {many:6} statements   {loop / ours:.1f} × rows")
    client = Client()
    client.force_login(user)
    for name, address in (
        ("table", reverse("inspection-plan")),
        ("calendar", reverse("inspection-plan") + "?view=calendar"),
        ("map", reverse("inspection-plan") + "?view=map"),
        ("plan.xlsx", reverse("inspection-plan-export", args=["xlsx"])),
        ("lines", reverse("boundary-lines")),
        ("hazards", reverse("hazards")),
        ("hazards map", reverse("hazards") + "?view=map"),
        ("hazards.xlsx", reverse("hazards-export")),
        ("new hazard: choose", reverse("hazard-new")),
        ("due", reverse("due")),
        ("field", reverse("field")),
    ):
        size = 0

        def page(address: str = address) -> int:
            nonlocal size
            answer = client.get(address)
            assert answer.status_code == 200, (address, answer.status_code)
            size = len(answer.content)
            return size

        took, asked = typical(page, times)
        print(f"{name:24}{took:9.1f} ms {asked:6} statements {size / 1024:9.0f} KiB", flush=True)


def typical(work: Callable[[], object], times: int) -> tuple[float, int]:
    """(median milliseconds, statements)."""
    asked = 0

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal asked
        asked += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        work()
    spent = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        spent.append((time.perf_counter() - started) * 1000)
    return statistics.median(spent), asked


if __name__ == "__main__":
    main()
