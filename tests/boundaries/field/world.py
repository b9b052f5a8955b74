"""A line between two counties with markers, an inspection of it in the field, and what people bring from there."""

from __future__ import annotations

import io
import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from PIL import Image

from boundaries.models import BoundaryLine, BoundaryMarker, Division, InspectionState, JointInspection, Level, MarkerReference
from gis.accounts.models import Duty, User
from gis.crs.chainage import MeasuredLine
from gis.crs.gcj02 import wgs84_to_gcj02
from tests.factories import make_division, make_line, make_marker, make_user, square

# About 9.3 km along the parallel of 33.25°.
LINE = [(114.0, 33.25), (114.05, 33.25), (114.1, 33.25)]
MARKERS = {"1": (114.001, 33.25), "2": (114.05, 33.2501), "3": (114.099, 33.25)}
NOON = datetime(2026, 5, 6, 4, 0, tzinfo=UTC)


@dataclass
class FieldWorld:
    east: Division
    west: Division
    line: BoundaryLine
    inspection: JointInspection
    markers: dict[str, BoundaryMarker]
    walker: User  # of the east
    other: User  # of the west
    stranger: User  # of neither
    reader: User  # of the east, may look

    @property
    def here(self) -> str:
        return f"/field/{self.inspection.pk}/"


def make_world(*, state: str = InspectionState.IN_FIELD) -> FieldWorld:
    import shapely

    province = make_division("某省", Level.PROVINCE, code="410000")
    east = make_division("东县", Level.COUNTY, code="419901", parent=province, geometry=square(114, 33.25, 0.1))
    west = make_division("西县", Level.COUNTY, code="419902", parent=province, geometry=square(114, 33.15, 0.1))
    far = make_division("远县", Level.COUNTY, code="419903", parent=province)
    line = make_line("4199-01", east, west, LINE, name="东西线")
    measured = MeasuredLine(shapely.LineString(LINE))
    markers = {
        number: make_marker(number, {line: measured.locate(place).chainage_m}, place, [east, west])
        for number, place in MARKERS.items()
    }
    MarkerReference.objects.create(record=markers["2"].records.get(), name="老槐树", azimuth_deg=45, distance_m=12.5)
    inspection = JointInspection.objects.create(line=line, year=2026, lead=east, partner=west, state=state)
    return FieldWorld(
        east, west, line, inspection, markers,
        walker=make_user("walker", (Duty.FIELD_INSPECTOR, east)),
        other=make_user("other", (Duty.DIVISION_OFFICER, west)),
        stranger=make_user("stranger", (Duty.DIVISION_OFFICER, far)),
        reader=make_user("reader", (Duty.READER, east)),
    )  # fmt: skip


def walk(start: float = 114.0, end: float = 114.1, *, lat: float = 33.25002, begins: datetime = NOON, gcj02: bool = False) -> bytes:
    """GPX of a walk along the line from one longitude to another: every 9 m, every 7 seconds."""
    count = max(2, round(abs(end - start) / 0.0001))
    rows = []
    for number in range(count + 1):
        lon = start + (end - start) * number / count
        east, north = (float(one) for one in wgs84_to_gcj02(lon, lat)) if gcj02 else (lon, lat)
        moment = (begins + timedelta(seconds=7 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        rows.append(f'<trkpt lat="{north:.7f}" lon="{east:.7f}"><time>{moment}</time></trkpt>')
    return (
        '<?xml version="1.0"?><gpx version="1.1" creator="t" xmlns="http://www.topografix.com/GPX/1/1"><trk><trkseg>'
        + "".join(rows)
        + "</trkseg></trk></gpx>"
    ).encode()


def photo(
    place: tuple[float, float] | None = None,
    *,
    taken: str | None = "2026:05:06 12:10:00",
    offset: str | None = "+08:00",
    orientation: int = 1,
    size: tuple[int, int] = (320, 200),
    color: str = "green",
) -> bytes:
    """A JPEG with EXIF; its left half is `color`, its right half white."""
    image = Image.new("RGB", size, "white")
    image.paste(color, (0, 0, size[0] // 2, size[1]))
    exif = Image.Exif()
    exif[0x0112] = orientation
    details: dict[int, Any] = {}
    if taken:
        details[0x9003] = taken
    if taken and offset:
        details[0x9011] = offset
    exif[0x8769] = details
    if place:
        lon, lat = place
        exif[0x8825] = {1: "N", 2: _sexagesimal(lat), 3: "E", 4: _sexagesimal(lon)}
    sink = io.BytesIO()
    image.save(sink, "JPEG", exif=exif)
    return sink.getvalue()


def _sexagesimal(degrees: float) -> tuple[float, float, float]:
    whole = int(degrees)
    minutes = (degrees - whole) * 60
    return float(whole), float(int(minutes)), (minutes - int(minutes)) * 60


def new_key() -> str:
    return str(uuid.uuid4())


def send_track(client: Client, world: FieldWorld, content: bytes, *, key: str = "", name: str = "walk.gpx", **more: Any) -> Any:
    data = {"key": key or new_key(), "file": SimpleUploadedFile(name, content), **more}
    return client.post(f"{world.here}tracks/", data)


def a_visit(world: FieldWorld, number: str, condition: str = "intact", **more: Any) -> dict[str, Any]:
    return {"key": new_key(), "marker": world.markers[number].pk, "condition": condition, "visited_at": NOON.isoformat(), **more}


def send_visit(client: Client, world: FieldWorld, visit: dict[str, Any]) -> Any:
    return client.post(f"{world.here}visits/", json.dumps(visit), content_type="application/json")


def send_photo(client: Client, world: FieldWorld, visit: str, content: bytes, *, key: str = "", name: str = "a.jpg") -> Any:
    data = {"key": key or new_key(), "visit": visit, "file": SimpleUploadedFile(name, content)}
    return client.post(f"{world.here}photos/", data)


def work() -> None:
    """Everything queued, by the worker of scripts/run."""
    from concurrent.futures import ThreadPoolExecutor

    from django.db import connection

    def once() -> None:
        try:
            call_command("run_worker", "--once")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(once).result()
