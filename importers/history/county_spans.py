"""Which counties were there on a day, and which succeeded whole to others: what the township history needs to know of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from boundaries.services.register.lives import History


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
    spans = [
        CountySpan(life.key, code.code, [s.name for s in life.states if s.since <= (code.until or date.max)][-1], code.since, code.until)
        for life in history.lives
        if life.level == 3
        for code in life.codes
    ]
    last = {life.key: [span for span in spans if span.key == life.key][-1] for life in history.lives if life.level == 3}
    first = {life.key: [span for span in spans if span.key == life.key][0] for life in history.lives if life.level == 3}
    successions = []
    for edge in history.edges:
        old, new = last.get(edge.predecessor), first.get(edge.successor)
        if edge.share != 1 or old is None or new is None:
            continue
        held = next(span for span in spans if span.key == new.key and (span.until is None or edge.on < span.until))
        begins = next((s.begins for life in history.lives if life.key == new.key for s in life.states if s.since == edge.on), "decided")
        successions.append(Succession(edge.on, old, held, new.since == edge.on, begins, edge.paper))
    return CountySpans(spans, successions)
