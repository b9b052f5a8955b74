"""What is due, of whatever room: every open duty with its last day, placed in its area and counted.

A room registers a `Kind` when it is ready (as with gis.todo). Its provider gives what is open anywhere, in a fixed number of
queries; this gives a person what lies in the person's areas.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.functional import Promise

from boundaries.models import Level
from boundaries.querysets import lines_of
from boundaries.rules.deadlines import Clock, DutyState
from boundaries.services.holidays import office_clock
from gis.accounts.areas import reaches_everything
from gis.accounts.duties import Person, areas_held
from gis.accounts.models import Duty

_SECONDS = 3600


class State(StrEnum):
    """In the order of urgency. NO_PERIOD: the law sets none, or it cannot be counted."""

    OVERDUE = "overdue"
    SOON = "soon"
    OPEN = "open"
    NO_PERIOD = "no_period"


@dataclass(frozen=True, slots=True)
class DueItem:
    """One open duty.

    key       stable and its own: the same duty has the same key tomorrow (calendars recognise it by this)
    area      division it concerns, None for the whole register
    duty      what is to be done; `subject` on what, `about` in more words; `url` is where to do it
    on        last day, None without a period; `act_by` the last working day before it where that is another
    note      what a reader should know of the last day or of the duty
    waits_for duties of those who are to do it: only they see it counted on the menu
    """

    key: str
    kind: str
    area: int | None
    duty: str
    subject: str
    about: str
    url: str
    state: State
    waits_for: frozenset[Duty]
    on: date | None = None
    act_by: date | None = None
    rule: str = ""
    basis: str = ""
    note: str = ""
    demo: bool = False


Provider = Callable[[Clock], Iterable[DueItem]]


@dataclass(frozen=True)
class Kind:
    """`dated`: its duties may have a last day; the menu's number asks only such kinds.

    revision: a text that changes whenever the provider may answer otherwise on the same day, in one quick query. The menu's number
    is counted anew only then; without it, on every page.
    """

    key: str
    title: str | Promise
    provider: Provider
    order: int = 50
    dated: bool = True
    revision: Callable[[], str] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Called when an app is ready; the same key twice is a programming error."""
    if _kinds.get(kind.key, kind) != kind:
        raise RuntimeError(f"the kind of duties {kind.key} is registered twice")
    _kinds[kind.key] = kind


def kinds() -> list[Kind]:
    return sorted(_kinds.values(), key=lambda kind: kind.order)


@dataclass(frozen=True, slots=True)
class Unit:
    id: int
    name: str
    level: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A duty with the divisions it lies in, its own first; none for the whole register."""

    item: DueItem
    line: tuple[Unit, ...]

    @property
    def counted_under(self) -> Unit | None:
        """The county; what concerns several counties counts under the unit that holds them all."""
        return next((one for one in self.line if one.level == Level.COUNTY), self.line[0] if self.line else None)

    @property
    def place(self) -> str:
        """Its county and its own name: “舆和县 麦垄镇”."""
        names = [one.name for one in self.line if one.level >= Level.COUNTY] or [one.name for one in self.line[:1]]
        return " ".join(reversed(names))


def within_reach(user: Person, *, clock: Clock | None = None, dated: bool = False) -> list[Placed]:
    """Every open duty in areas of the person's duties, by last day, those without one last, else in the order they came.

    `dated`: only of kinds that may have a last day.
    """
    clock = clock or office_clock()
    held = set(areas_held(user, Duty))
    if not held:
        return []
    found = [item for kind in kinds() if kind.dated or not dated for item in kind.provider(clock)]
    lines = lines_of({item.area for item in found if item.area is not None}, clock.today)
    everything = reaches_everything(user, Duty)
    placed = [Placed(item, tuple(Unit(*unit) for unit in lines.get(item.area or 0, ()))) for item in found]
    seen = [one for one in placed if everything or any(unit.id in held for unit in one.line)]
    order = list(State)
    return sorted(seen, key=lambda one: (one.item.on or date.max, order.index(one.item.state), one.item.subject))


def pressing(user: Person) -> Counter[State]:
    """How many duties of the person are overdue or soon due; from memory while nothing moved, once for each request at most."""
    counted: Counter[State] | None = getattr(user, "_duties_pressing", None)
    if counted is None:
        holds = {duty: frozenset(areas_held(user, [duty])) for duty in Duty}
        key = _memory_key(holds)
        counted = cache.get(key) if key else None
        if counted is None:
            counted = _count_pressing(user, holds)
            if key:
                cache.set(key, counted, _SECONDS)
        user._duties_pressing = counted  # type: ignore[union-attr]
    return counted


def _count_pressing(user: Person, holds: Mapping[Duty, frozenset[int | None]]) -> Counter[State]:
    near = [one for one in within_reach(user, dated=True) if one.item.state in (State.OVERDUE, State.SOON)]
    return Counter(one.item.state for one in _waiting_for(user, near, holds))


def waiting_for(user: Person, placed: Iterable[Placed]) -> list[Placed]:
    """Those that a duty of the person, held where they lie, can do: what the menu's number counts."""
    return _waiting_for(user, placed, {duty: frozenset(areas_held(user, [duty])) for duty in Duty})


def _waiting_for(user: Person, placed: Iterable[Placed], holds: Mapping[Duty, frozenset[int | None]]) -> list[Placed]:
    everywhere = {duty for duty in Duty if reaches_everything(user, [duty])}
    return [
        one
        for one in placed
        if any(duty in everywhere or holds[duty] & {unit.id for unit in one.line} for duty in one.item.waits_for)
    ]


def _memory_key(holds: Mapping[Duty, frozenset[int | None]]) -> str:
    """Of people with the same duties, on one day, in one state of the register; empty where some room cannot tell its state."""
    dated = [kind for kind in kinds() if kind.dated]
    if not any(holds.values()) or not all(kind.revision for kind in dated):
        return ""
    state = [kind.revision() for kind in dated if kind.revision]
    held = sorted((duty.value, sorted(map(str, areas))) for duty, areas in holds.items())
    told = (timezone.localdate(), settings.DEADLINE_SHIFT, settings.DEADLINE_WARN_DAYS, held, state)
    return f"due:{hashlib.sha256(repr(told).encode()).hexdigest()}"


def badge(user: Person) -> int:
    return pressing(user).total()


def state_of(state: DutyState, on: date | None) -> State:
    """Of a duty that is not done."""
    if on is None:
        return State.NO_PERIOD
    return {DutyState.OVERDUE: State.OVERDUE, DutyState.SOON: State.SOON}.get(state, State.OPEN)


@dataclass(frozen=True, slots=True)
class AreaCount:
    """`unit` None: the whole register."""

    unit: Unit | None
    overdue: int
    soon: int
    open: int
    no_period: int


def counted(placed: Sequence[Placed]) -> list[AreaCount]:
    """By county, those with most that is overdue first."""
    by_unit: dict[Unit | None, Counter[State]] = {}
    for one in placed:
        by_unit.setdefault(one.counted_under, Counter())[one.item.state] += 1
    rows = [AreaCount(unit, *(count[state] for state in State)) for unit, count in by_unit.items()]
    return sorted(rows, key=lambda row: (-row.overdue, -row.soon, -row.open, row.unit.id if row.unit else 0))
