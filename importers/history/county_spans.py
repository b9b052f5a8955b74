"""Which counties were there on a day, and which succeeded whole to others: what the township history needs to know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundaries.services.register.lives import History, Life


@dataclass(frozen=True, slots=True)
class CountySpan:
    """A county under one code during a span of days; `key` is its key among the lives, or "#id" in the register."""

    key: str
    code: str
    name: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class Succession:
    """A county ended on `day` and all of it went to one other. `established`: that one began on the day."""

    day: date
    old: CountySpan
    new: CountySpan
    established: bool
    begins: str
    paper: str


class CountySpans:
    def __init__(self, spans: Iterable[CountySpan], successions: Iterable[Succession]) -> None:
        self.by_code: defaultdict[str, list[CountySpan]] = defaultdict(list)
        for span in spans:
            self.by_code[span.code].append(span)
        self.successions = sorted(successions, key=lambda each: (each.day, each.old.code))

    def __bool__(self) -> bool:
        return bool(self.by_code)

    def on(self, code: str, day: date) -> CountySpan | None:
        """The county that held the code on the day."""
        spans = self.by_code.get(code, ())
        return next((span for span in spans if span.since <= day and (span.until is None or day < span.until)), None)


def of_history(history: History) -> CountySpans:
    """From lives reconstructed in the same run."""
    counties = {life.key: life for life in history.lives if life.level == 3}
    by_key = {
        key: [CountySpan(key, each.code, _called(life, each.until), each.since, each.until) for each in life.codes]
        for key, life in counties.items()
    }
    successions = []
    for edge in history.edges:
        if edge.share != 1 or not {edge.predecessor, edge.successor} <= by_key.keys():
            continue
        new = next(span for span in by_key[edge.successor] if span.until is None or edge.on < span.until)
        first = counties[edge.successor].states[0]
        established = first.since == edge.on
        begins = first.begins if established else "decided"
        successions.append(Succession(edge.on, by_key[edge.predecessor][-1], new, established, begins, edge.paper))
    return CountySpans([span for spans in by_key.values() for span in spans], successions)


def _called(life: Life, until: date | None) -> str:
    return [state.name for state in life.states if until is None or state.since < until][-1]
