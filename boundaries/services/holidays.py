"""The working calendar of this office: the notices that come with the program, and those loaded since.

A notice file is kept by content like every file (purpose ``holidays``), so it is saved with the uploads, in the trail, and the same
for every process. A notice of the same year and day of issue takes the place of an earlier one, so a slip is mended by loading the
file again; an adjustment issued later stands beside it and overrides the days it names. See docs/decisions/0039.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.rules.deadlines import Clock
from boundaries.rules.working_days import HOLIDAY_FILE, HolidayFileError, Notice, WorkCalendar, parse_notices
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import InvalidInputError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile

PURPOSE = "holidays"
LIMIT_BYTES = 256 * 1024


@dataclass(frozen=True)
class Loaded:
    """What a file says and what it changes: years that were not known, and named days of which the calendar says otherwise now."""

    notices: tuple[Notice, ...]
    new_years: tuple[int, ...]
    changes: tuple[tuple[date, bool | None, bool | None], ...]
    calendar: WorkCalendar


def office_clock(today: date | None = None) -> Clock:
    """How periods are judged here today: the calendar and the office's two settings. One query."""
    return Clock(
        today or timezone.localdate(), office_calendar(), shift=settings.DEADLINE_SHIFT, warn_days=settings.DEADLINE_WARN_DAYS
    )


def office_calendar() -> WorkCalendar:
    """Shipped and loaded notices. One query; a file is read once by each process.

    A file that the storage has lost is passed over: its year is then unknown again, and every period that ends in it says so.
    """
    notices = _shipped()
    for pk, sha256 in StoredFile.objects.filter(purpose=PURPOSE).order_by("pk").values_list("pk", "sha256"):
        with suppress(NotFoundError):
            notices = _joined(notices, _notices_of(pk, sha256))
    return WorkCalendar(notices)


def load(actor: User | None, data: bytes, name: str, *, dry_run: bool = False) -> Loaded:
    """Adds the notices of a holiday file (as boundaries/holidays.toml is written), all of them or none.

    Raises `InvalidInputError` ``holiday_file_invalid`` naming the notice. A file that changes no day is not kept.
    """
    ensure(actor is None or policies.may_load_holidays(actor))
    notices = _read(data)
    with transaction.atomic():
        before = office_calendar()
        after = WorkCalendar(_joined(before.notices, notices))
        loaded = Loaded(notices, tuple(sorted(after.years - before.years)), _changes(before, after, notices), after)
        if not dry_run and _joined(before.notices, notices) != before.notices:
            files.store(data, name=name, purpose=PURPOSE, actor=actor, limit_bytes=LIMIT_BYTES)
    return loaded


def _read(data: bytes) -> tuple[Notice, ...]:
    try:
        notices = parse_notices(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInputError("holiday_file_invalid", _("放假安排文件须为 UTF-8 编码的 TOML 文件。")) from error
    except HolidayFileError as error:
        said = error.en if (get_language() or "").startswith("en") else str(error)
        raise InvalidInputError("holiday_file_invalid", _("放假安排文件不能载入：%(why)s") % {"why": said}) from error
    if not notices:
        raise InvalidInputError("holiday_file_empty", _("文件里没有放假安排通知（[[notice]]）。"))
    return notices


@lru_cache(maxsize=64)
def _notices_of(pk: int, sha256: str) -> tuple[Notice, ...]:
    """Of a kept file. The digest tells apart what two databases of one process number alike."""
    return parse_notices(files.read_bytes(StoredFile.objects.get(pk=pk)).decode("utf-8-sig"))


@cache
def _shipped() -> tuple[Notice, ...]:
    return parse_notices(HOLIDAY_FILE.read_text("utf-8"))


def _joined(known: Iterable[Notice], added: Iterable[Notice]) -> tuple[Notice, ...]:
    """In the order `WorkCalendar` keeps them."""
    notices = {(one.year, one.issued_on): one for one in (*known, *added)}
    return tuple(sorted(notices.values(), key=lambda one: one.issued_on))


def _changes(
    before: WorkCalendar, after: WorkCalendar, notices: Iterable[Notice]
) -> tuple[tuple[date, bool | None, bool | None], ...]:
    """The days the notices name whose answer changes: (day, worked before, worked now); None is not known."""
    named = sorted({day for one in notices for day in (*one.off, *one.work)})
    told = ((day, before.is_working_day(day), after.is_working_day(day)) for day in named)
    return tuple(one for one in told if one[1] is not one[2])
