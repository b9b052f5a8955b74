"""The sixteen directions of a written course (GB/T 17796, S33), from true north: 北 is 348°45′ to 11°15′, and so on by 22.5°."""

from __future__ import annotations

from typing import Final

DIRECTIONS: Final = (
    "北", "北偏东北", "东北", "东偏东北", "东", "东偏东南", "东南", "南偏东南",
    "南", "南偏西南", "西南", "西偏西南", "西", "西偏西北", "西北", "北偏西北",
)  # fmt: skip
WIDTH: Final = 22.5
# Also met in texts: 东北偏北 and the like; each means one of the sixteen.
OTHER_WORDS: Final = {
    "北北东": "北偏东北", "东北偏北": "北偏东北", "东北偏东": "东偏东北", "东东北": "东偏东北",
    "东南偏东": "东偏东南", "东东南": "东偏东南", "东南偏南": "南偏东南", "南南东": "南偏东南",
    "西南偏南": "南偏西南", "南南西": "南偏西南", "西南偏西": "西偏西南", "西西南": "西偏西南",
    "西北偏西": "西偏西北", "西西北": "西偏西北", "西北偏北": "北偏西北", "北北西": "北偏西北",
    "正北": "北", "正东": "东", "正南": "南", "正西": "西",
    "北东": "东北", "南东": "东南", "南西": "西南", "北西": "西北",
}  # fmt: skip


def direction(azimuth_deg: float) -> str:
    """The word for an azimuth in degrees clockwise from true north; a limit belongs to the direction that begins there."""
    return DIRECTIONS[int((azimuth_deg % 360 + WIDTH / 2) // WIDTH) % 16]


def azimuth(word: str) -> float | None:
    """The middle azimuth of a direction word, in degrees; None for a word that is none of the sixteen."""
    plain = OTHER_WORDS.get(word, word)
    return DIRECTIONS.index(plain) * WIDTH if plain in DIRECTIONS else None


def difference(one: float, other: float) -> float:
    """Degrees between two azimuths, 0 to 180."""
    apart = abs(one - other) % 360
    return min(apart, 360 - apart)
