"""The five groups of what a joint inspection looks at (省级行政区域界线联合检查实施办法第三条), and how each is answered.

The wording sums the article up; it is no quotation.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


@dataclass(frozen=True, slots=True)
class Group:
    key: str
    number: str
    zh: str
    en: str


class Answer(StrEnum):
    """CLEAR: looked at, nothing to report. FOUND: something to report, told in words. NONE_HERE: there is no such thing here."""

    CLEAR = "clear"
    FOUND = "found"
    NONE_HERE = "none_here"


GROUPS: tuple[Group, ...] = (
    Group("implementation", "一", "界线的贯彻执行情况", "how the agreed line is kept to"),
    Group("markers", "二", "界桩及其方位物的变化和维护情况", "markers, their reference objects and their upkeep"),
    Group("features", "三", "其他标志物、地形地物的变化和修测情况", "other marks, changes of terrain and features, and resurveys"),
    Group(
        "crossing", "四", "跨越界线的生产建设及其处理情况", "production and construction across the line and how it was dealt with"
    ),
    Group("other", "五", "其他情况", "anything else"),
)
BY_KEY: Mapping[str, Group] = {group.key: group for group in GROUPS}
ANSWERS: Mapping[Answer, tuple[str, str]] = {
    Answer.CLEAR: ("未发现问题", "nothing found"),
    Answer.FOUND: ("发现问题或变化", "a problem or change found"),
    Answer.NONE_HERE: ("本线无此情形", "does not occur on this line"),
}


def is_answered(given: Mapping[str, Any] | None) -> bool:
    """A group that found something says what."""
    if not given or given.get("answer") not in set(Answer):
        return False
    return given["answer"] != Answer.FOUND or bool(str(given.get("text", "")).strip())


def unanswered(content: Mapping[str, Any]) -> list[Group]:
    return [group for group in GROUPS if not is_answered(content.get(group.key))]
