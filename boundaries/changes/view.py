"""The register before and after a plan, asked by key, for those who judge a plan."""

from __future__ import annotations

from collections.abc import Iterator

from boundaries.changes.acts import Decision
from boundaries.changes.plan import Plan
from boundaries.changes.register import COUNTY, TOWNSHIP, Key, Register, State


class View:
    """The register before and after the plan, asked by key."""

    def __init__(self, plan: Plan, register: Register, decision: Decision) -> None:
        self.plan = plan
        self.register = register
        self.decision = decision
        self._before: dict[Key, State] = {unit.key: state for unit, state in register.on(plan.day)}
        closed = {one.unit for one in plan.closed}
        self._after: dict[Key, State] = {key: state for key, state in self._before.items() if key not in closed}
        self._after |= {one.unit: one.state for one in plan.opened}

    def before(self, key: Key | None) -> State | None:
        return None if key is None else self._before.get(key)

    def after(self, key: Key | None) -> State | None:
        return None if key is None else self._after.get(key)

    def either(self, key: Key | None) -> State | None:
        return self.before(key) or self.after(key)

    def name(self, key: Key | None) -> str:
        state = self.either(key)
        return state.name if state is not None else ""

    def county(self, key: Key | None) -> Key | None:
        """The unit of county level above, before the decision where it was there then."""
        while (state := self.either(key)) is not None and state.level > COUNTY:
            key = state.parent
        return key if state is not None and state.level == COUNTY else None

    def made(self) -> Iterator[tuple[str, State]]:
        for one in self.plan.opened:
            if isinstance(one.unit, str):
                yield one.unit, one.state

    def former(self, key: Key) -> list[State]:
        """What a unit that is made came out of."""
        return [state for edge in self.plan.lineage if edge.successor == key and (state := self.before(edge.predecessor))]

    def names_concerned(self) -> list[str]:
        """Units down to the township whose own facts change; a neighbour's new corner is none."""
        only = {one.unit for one in self.plan.opened if one.node_only}
        states = [one.state for one in self.plan.closed if one.unit not in only]
        states += [one.state for one in self.plan.opened if isinstance(one.unit, str)]
        return list(dict.fromkeys(state.name for state in states if state.level == TOWNSHIP or _no_parent_of(state, states)))


def _no_parent_of(state: State, states: list[State]) -> bool:
    """Counties and above are on a map by themselves only where nothing below them is what changes."""
    return state.level < TOWNSHIP and not any(other.level == TOWNSHIP for other in states)
