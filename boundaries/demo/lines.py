"""The demo county's boundary line with its markers, as plain data made from the map: the border river from north to south.

Deterministic: the same map gives the same line. Distances are metres, places (longitude, latitude) in EPSG:4490.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import shapely

from boundaries.demo.model import DemoCounty
from boundaries.line_edges import shared_edge
from gis.crs import MeasuredLine
from gis.crs.geodesic import metres_per_degree

CODE, NAME = "417021-417022", "舆和邻和线"
THIRD_COUNTY, THIRD_CODE = ("安和", "县"), "417023"
OTHER_LINES = (("417021-417023", "舆和安和线"), ("417022-417023", "邻和安和线"))
AGREED_ON, APPROVED_ON, SET_ON = date(2001, 9, 12), date(2001, 11, 5), date(2001, 12, 1)
AGREEMENT = "舆和县与邻和县行政区域界线协议书（演示）"
APPROVER, APPROVAL = "演示市人民政府", "演政文〔2001〕88号"
START_TEXT, END_TEXT = "舆和县、邻和县、安和县三交点", "舆和县、邻和县界线南端"
# Number, share of the line's length, metres to the left (+) or right (-) of it, kind.
_PLACES = (
    ("001", 0.0, 0.0, "triple"),
    ("002", 0.091, 1.2, "single"),
    ("003", 0.178, -0.8, "single"),
    ("004", 0.274, 2.1, "single"),
    ("005", 0.352, 0.6, "single"),
    ("006", 0.447, -1.5, "single"),
    ("007A", 0.548, -24.0, "double"),
    ("007B", 0.548, 26.0, "double"),
    ("008", 0.641, 0.9, "single"),
    ("009", 0.738, -2.4, "single"),
    ("010", 0.859, 1.8, "single"),
    ("011", 1.0, 0.0, "single"),
)
_REFERENCES = ("水塔", "高压线铁塔", "老槐树", "桥头", "水泥电杆", "机井房", "村口石碑", "护林房", "测量标石")


@dataclass(frozen=True, slots=True)
class DemoMarker:
    """`references`: (name, azimuth in degrees, metres). `tri_point`: it belongs to the third county too."""

    number: str
    kind: str
    place: tuple[float, float]
    elevation_m: float
    references: tuple[tuple[str, float, float], ...]
    kept_by_county: bool

    @property
    def tri_point(self) -> bool:
        return self.kind == "triple"


@dataclass(frozen=True, slots=True)
class DemoLine:
    geometry: shapely.MultiLineString
    length_m: float
    markers: tuple[DemoMarker, ...]


def demo_line(demo: DemoCounty) -> DemoLine:
    """Raises ValueError where the two counties of the map share no edge."""
    county, neighbour = (demo.unit(key).records[-1].geometry for key in (demo.county_key, demo.neighbour_key))
    edge = shared_edge(county, neighbour)
    if edge is None:
        raise ValueError("the demo counties are no neighbours")
    measured = MeasuredLine(edge)
    markers = [
        DemoMarker(
            number,
            kind,
            _beside(measured, share * measured.length_m, aside),
            round(58.0 + 17.0 * abs(0.5 - share) + 0.35 * order, 2),
            tuple(_reference(order, which) for which in range(3)),
            order % 2 == 0,
        )
        for order, (number, share, aside, kind) in enumerate(_PLACES)
    ]
    return DemoLine(edge, measured.length_m, tuple(markers))


def _beside(line: MeasuredLine, chainage: float, aside: float) -> tuple[float, float]:
    """So many metres to the left of the line at a chainage, on a grid of 1e-8 degrees."""
    here = line.at(chainage)
    if not aside:
        return here
    before, after = line.at(chainage - 3.0), line.at(chainage + 3.0)
    scale = metres_per_degree(here[1]).reshape(2)
    east, north = (after[0] - before[0]) * scale[0], (after[1] - before[1]) * scale[1]
    length = (east * east + north * north) ** 0.5
    return (
        round(here[0] - north / length * aside / float(scale[0]), 8),
        round(here[1] + east / length * aside / float(scale[1]), 8),
    )


def _reference(order: int, which: int) -> tuple[str, float, float]:
    name = _REFERENCES[(order * 2 + which * 4) % len(_REFERENCES)]
    return name, round((order * 37 + which * 118 + 11) % 360 + 0.25 * which, 2), round(14.5 + (order * 13 + which * 29) % 70, 1)
