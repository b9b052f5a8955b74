"""Damaged copies of real and made files: whatever the damage, a result or a typed error, in bounded time.

In the normal suite a few dozen per reader; `scripts/test --slow` goes on for five minutes with other seeds.
"""

from __future__ import annotations

import io
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis.errors import InvalidInputError
from importers.readers import tables, tracks
from tests.importers.track_table import shared_files
from tests.importers.track_writers import FORMATS, Point
from tests.importers.workbooks import number, row, workbook
from tests.shared import SHARED, requires_shared

SLOW_SECONDS = 300
SMALL = 60_000
WALK = [[Point(113.5 + n / 1000, 34 + n / 1000, 1_714_525_200.0 + n, 80.0 + n) for n in range(5)]] * 2
# Damage that is worth more than a random byte: ends of strings, of quotes, of elements; numbers nobody expects.
NASTY = [
    b"\x00", b"\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"<", b">", b"&", b'"', b"'", b",", b"\n", b"<!--", b"]]>", b"<![CDATA[",
    b"</gpx>", b"nan", b"1e400", b"-", b"999999999999999999999", b"\xe7\x95", b"\x80" * 9, b"<?xml", b"<!DOCTYPE x>", b"&#x0;",
    b"&#xD800;", b"PK\x05\x06", b".FIT",
]  # fmt: skip


def damaged(raw: bytes, choose: Callable[[int], int]) -> bytes:
    """Up to four of: a byte changed, some cut out, something put in, the end cut off. `choose(n)` picks below n."""
    out = bytearray(raw)
    for _ in range(1 + choose(4)):
        if not out:
            break
        at, kind = choose(len(out)), choose(5)
        if kind == 0:
            out[at] = choose(256)
        elif kind == 1:
            del out[at : at + 1 + choose(40)]
        elif kind == 2:
            out[at:at] = NASTY[choose(len(NASTY))]
        elif kind == 3:
            out[at:at] = out[at : at + 1 + choose(400)] * (1 + choose(3))
        else:
            del out[at:]
    return bytes(out)


def looked_at(raw: bytes) -> None:
    """Everything a user can do with the bytes before anything is stored."""
    for work in (lambda: tracks.read(raw, "a").as_inspection(), lambda: tables.inspect(raw, "a").as_inspection()):
        try:
            assert work()["problems"] is not None
        except InvalidInputError as error:
            assert str(error)
            assert error.code


def samples(tmp_path: Path) -> dict[str, bytes]:
    """One small file of each format, made here."""
    found = {name: form.write(WALK).encode() for name, form in FORMATS.items()}
    rows = row(1, "代码", "名称", "经度", "纬度") + row(2, number(411002001), "甲", number(113.5), number(34))
    found["XLSX"] = workbook(tmp_path / "a.xlsx", {"表": rows, "乙": rows}, merges={"表": ["A1:A2"]}).read_bytes()
    return found


def _zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, raw in parts.items():
            archive.writestr(name, raw)
    return out.getvalue()


@pytest.mark.parametrize("name", [*FORMATS, "XLSX"])
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_file_of_each_format(tmp_path: Path, name: str, data: st.DataObject) -> None:
    raw = samples(tmp_path)[name]
    looked_at(damaged(raw, lambda count: data.draw(st.integers(0, count - 1))))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_workbook_or_kmz_with_a_damaged_part(tmp_path: Path, data: st.DataObject) -> None:
    """A whole archive of which one entry is not what it should be."""
    made = {"XLSX": samples(tmp_path)["XLSX"], "KMZ": _zipped({"doc.kml": FORMATS["KML"].write(WALK).encode()})}
    with zipfile.ZipFile(io.BytesIO(made[data.draw(st.sampled_from(sorted(made)))])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = damaged(parts[name], lambda count: data.draw(st.integers(0, count - 1)))
    looked_at(_zipped(parts))


STARTS = [
    b"", b"<gpx>", b"<kml><Placemark>", b"$GPRMC,", b"AXXX\nB", b"PK\x03\x04", b"\x0e\x10\x64\x00\xff\x00\x00\x00.FIT", b"a,b\n",
]  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(STARTS), st.binary(max_size=300))
def test_any_bytes(magic: bytes, raw: bytes) -> None:
    looked_at(magic + raw)


@requires_shared
def test_real_files_damaged_once_each() -> None:
    chance = random.Random(20251201)
    for path in shared_files(SHARED):
        if path.stat().st_size <= SMALL // 4:
            looked_at(damaged(path.read_bytes(), chance.randrange))


@requires_shared
@pytest.mark.slow
@pytest.mark.timeout(SLOW_SECONDS + 120)
def test_real_files_damaged_for_five_minutes() -> None:
    """A failure names its seed; run it alone with that seed to see it again."""
    raws = [path.read_bytes() for path in shared_files(SHARED) if path.stat().st_size <= SMALL]
    first = random.SystemRandom().randrange(2**40)
    end, tried = time.monotonic() + SLOW_SECONDS, 0
    while time.monotonic() < end:
        chance = random.Random(seed := first + tried)
        raw = damaged(chance.choice(raws), chance.randrange)
        started = time.monotonic()
        try:
            looked_at(raw)
        except Exception as error:
            raise AssertionError(f"seed {seed}: {type(error).__name__}: {error}") from error
        assert time.monotonic() - started < 20, f"seed {seed} took too long"
        tried += 1
    assert tried > 500
