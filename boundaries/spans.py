"""Spans of chainage as plain data: lists of half-open pairs [from, to) in metres, in order and apart. Pure."""

from __future__ import annotations

from collections.abc import Iterable

Span = tuple[float, float]


def joined(spans: Iterable[Span], *, within: float = 0.0) -> list[Span]:
    """The union, in order; spans that meet, or lie no more than `within` metres apart, become one. Empty ones vanish."""
    result: list[Span] = []
    for low, high in sorted((low, high) for low, high in spans if low < high):
        if result and low <= result[-1][1] + within:
            result[-1] = (result[-1][0], max(result[-1][1], high))
        else:
            result.append((low, high))
    return result


def clipped(spans: Iterable[Span], whole: Span) -> list[Span]:
    """What of `spans` lies within `whole`."""
    return joined((max(low, whole[0]), min(high, whole[1])) for low, high in spans)


def missing(spans: Iterable[Span], whole: Span) -> list[Span]:
    """What of `whole` no span holds."""
    result, at = [], whole[0]
    for low, high in clipped(spans, whole):
        if at < low:
            result.append((at, low))
        at = high
    if at < whole[1]:
        result.append((at, whole[1]))
    return result


def total(spans: Iterable[Span]) -> float:
    """Metres, what is held twice counted once."""
    return sum(high - low for low, high in joined(spans))
