"""Streets of the demo county's towns as plain data: grids about the seats, and roads from town to town.

Deterministic: the same county gives the same streets. Places are (longitude, latitude) in EPSG:4490.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import shapely

from gis.crs import metres_per_degree

# Seat → streets along, streets across, metres between them, degrees the grid is turned.
GRIDS: Final[Mapping[str, tuple[int, int, float, float]]] = {
    "yuyang": (8, 8, 280.0, 4.0),
    "guantu": (6, 6, 260.0, -7.0),
    "yunduo": (2, 2, 240.0, 12.0),
    "liaoxu": (2, 2, 230.0, -15.0),
    "zheting": (2, 2, 250.0, 2.0),
    "jiuyuan": (2, 2, 220.0, 45.0),
    "nanchou_town": (2, 2, 240.0, -3.0),
    "qingruo": (2, 2, 210.0, 20.0),
    "chunping": (2, 2, 200.0, -28.0),
}
ROADS: Final = (("yuyang", "yunduo"), ("yuyang", "nanchou_town"), ("guantu", "liaoxu"), ("guantu", "qingruo"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_ALONG: Final = _words(
    "建设路 人民路 文化路 和平路 光明路 健康路 育才路 胜利路 团结路 友谊路 工农路 前进路 民主路 振兴路 "
    "富强路 文明路 诚信路 爱民路 拥军路 青年路 科技路 春风路 秋实路 金秋路 银杏路 梧桐路 海棠路 玉兰路 "
    "桂花路 丁香路 "
)
_ACROSS: Final = _words(
    "东风街 南苑街 西园街 北湖街 河滨街 书院街 学府街 府前街 府后街 古槐街 石桥街 钟楼街 鼓楼街 城隍街 "
    "文庙街 粮仓街 染坊街 油坊街 铁匠街 木工街 花市街 菜市街 米市街 布市街 车站街 邮政街 电力街 水利街 "
    "园林街 环城街 "
)
_BETWEEN: Final = ("舆云路", "舆南路", "观蓼路", "观青路")
_COMPOUNDS: Final = _words(
    "龙湖花园 金水花园 阳光花园 绿城花园 翠竹花园 康乐花园 紫荆花园 兰亭花园 世纪花园 清风花园 明月花园 锦绣花园 "
)


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """`key` of the township; `shape` a line for a road, a point for a residential area."""

    name: str
    place_class: str
    key: str
    shape: shapely.Geometry


def streets(seats: Mapping[str, tuple[float, float]]) -> Iterator[DemoPlace]:
    """Sixty roads: grids in the towns, the larger in the two sub-districts, and four roads between towns."""
    along, across = iter(_ALONG), iter(_ACROSS)
    for key, (rows, columns, step, turned) in GRIDS.items():
        for names, count, other, quarter in ((along, rows, columns, 0.0), (across, columns, rows, 90.0)):
            reach = (other / 2 + 0.15) * step
            for number in range(count):
                aside = (number - (count - 1) / 2) * step
                ends = [_at(seats[key], sense * reach, aside, turned + quarter) for sense in (-1, 1)]
                yield DemoPlace(next(names), "23514", key, shapely.LineString(ends))
    for name, (start, end) in zip(_BETWEEN, ROADS, strict=True):
        a, b = seats[start], seats[end]
        bend = ((a[0] + b[0]) / 2 + (b[1] - a[1]) * 0.06, (a[1] + b[1]) / 2 - (b[0] - a[0]) * 0.06)
        yield DemoPlace(name, "23514", start, shapely.LineString([a, bend, b]))


def compounds(seats: Mapping[str, tuple[float, float]]) -> Iterator[DemoPlace]:
    """Residential areas in blocks of the two sub-districts."""
    for number, name in enumerate(_COMPOUNDS):
        key = "yuyang" if number < 8 else "guantu"
        _rows, _columns, step, turned = GRIDS[key]
        x, y = (number % 4 - 1) * step, (number // 4 % 2 * 2 - 1) * step
        yield DemoPlace(name, "22100", key, shapely.Point(_at(seats[key], x + 20, y + 15, turned)))


def _at(centre: tuple[float, float], east: float, north: float, turned: float) -> tuple[float, float]:
    """Metres along and across a grid turned so many degrees to the left, as a place on a grid of 1e-7 degrees."""
    angle = math.radians(turned)
    x = east * math.cos(angle) - north * math.sin(angle)
    y = east * math.sin(angle) + north * math.cos(angle)
    scale = metres_per_degree(centre[1]).reshape(2)
    return round(centre[0] + x / float(scale[0]), 7), round(centre[1] + y / float(scale[1]), 7)
