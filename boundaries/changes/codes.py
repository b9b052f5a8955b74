"""What becomes of codes: CODE-03 … CODE-06 carried out on the working register.

A unit that ends gives back its codes; a new one, one under another parent, and every township whose county is coded anew gets
another legal code. Codes of counties are asked for, those of townships proposed in sequence, villages have none. Statistical codes
are the statistical office's: they end with their unit and are never given here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from boundaries.changes.acts import ChangeAffiliation, Decision, Merge, NewUnit, Recode
from boundaries.changes.register import COUNTY, TOWNSHIP, Code, Key
from boundaries.changes.working import Working, World
from boundaries.rules.code_allocation import propose
from boundaries.rules.codes import MCA

_DIGITS = {1: 6, 2: 6, 3: 6, 4: 9}


@dataclass(frozen=True, slots=True)
class CodeRetired:
    unit: Key
    code: Code


@dataclass(frozen=True, slots=True)
class CodeAssigned:
    """`proposed`: found by the rule of sequence, not given. `expected`: what the sequence says, empty where it is silent."""

    unit: Key
    authority: str
    code: str
    proposed: bool
    expected: str = ""


@dataclass(frozen=True, slots=True)
class CodeNeeded:
    """A legal code somebody has to give: reason new_unit, affiliation, given, county_code or county_pending.

    `proposed`: the next of its sequence, empty where there is none.
    """

    unit: Key
    level: int
    reason: str
    proposed: str = ""


@dataclass(frozen=True, slots=True)
class CodeChanges:
    retired: tuple[CodeRetired, ...]
    assigned: tuple[CodeAssigned, ...]
    needed: tuple[CodeNeeded, ...]


def code_changes(world: World, decision: Decision) -> CodeChanges:
    return _Codes(world, decision).changes()


class _Codes:
    def __init__(self, world: World, decision: Decision) -> None:
        self.world = world
        self.given = codes_named(decision)
        self.coded = decision.coded
        self.recoded: dict[Key, int] = {}
        self.moved: dict[Key, int] = {}
        for position, act in enumerate(decision.acts):
            self._read(position, act)
        self.used = set(world.register.codes_used)
        self.legal = set(world.register.legal_codes_used)
        self.now: dict[Key, str] = {}
        self.retired: list[CodeRetired] = []
        self.assigned: list[CodeAssigned] = []
        self.needed: list[CodeNeeded] = []

    def _read(self, position: int, act: object) -> None:
        if isinstance(act, Recode):
            self.recoded[act.unit] = position
        elif isinstance(act, ChangeAffiliation):
            self.moved[act.unit] = position

    def changes(self) -> CodeChanges:
        """Higher levels first, because a county's code is the beginning of its townships'."""
        units = sorted(self.world.units.values(), key=lambda unit: (unit.level, self._held(unit) or "~", str(unit.key)))
        for unit in units:
            if not unit.alive:
                self._retire_all(unit)
        for unit in units:
            if unit.alive and unit.level <= TOWNSHIP:
                self._settle(unit)
        for key in self.given:
            self._check_used_up(key)
        return CodeChanges(tuple(self.retired), tuple(self.assigned), tuple(self.needed))

    def _held(self, unit: Working) -> str | None:
        """The legal code before the decision."""
        if unit.source is None:
            return None
        return next((code.code for code in unit.source.codes_on(self.world.day) if code.authority == MCA), None)

    def _settle(self, unit: Working) -> None:
        held = self._held(unit)
        reason = self._reason(unit, held)
        if reason is None:
            if held:
                self.now[unit.key] = held
            return
        expected = self._in_sequence(unit)
        given = self.given.get(unit.key)
        code = self._checked(unit, given) if given is not None else expected if self.coded else ""
        if not code:
            self.used.add(expected)
            self.needed.append(CodeNeeded(unit.key, unit.level, reason, expected))
            if held:
                self.now[unit.key] = held  # it stays in use until the new one is known
            return
        self._retire_legal(unit)
        self.used.add(code)
        self.legal.add(code)
        self.now[unit.key] = code
        self.assigned.append(CodeAssigned(unit.key, MCA, code, given is None, expected))

    def _reason(self, unit: Working, held: str | None) -> str | None:
        if unit.made_by is not None:
            return "new_unit" if self._coded(unit) else None
        if unit.key in self.recoded or unit.key in self.given:
            return "given" if self.given.get(unit.key) != held else None
        if not held:
            return None
        if unit.key in self.moved:
            return "affiliation"
        if unit.level != TOWNSHIP or unit.parent not in self.world.units:
            return None
        above = self.world.units[unit.parent] if unit.parent is not None else None
        if above is None or (above.made_by is None and above.key not in self.now):
            return None
        moved_below = unit.before is not None and unit.before.parent != unit.parent
        if above.key not in self.now:
            return "county_pending" if moved_below else None
        county_changed = self.now[above.key] != self._held(above)
        return "county_code" if (moved_below or county_changed) and held[:6] != self.now[above.key] else None

    def _coded(self, unit: Working) -> bool:
        """Whether units like this one have legal codes in this register: given, or its parent or a sibling has one."""
        if unit.key in self.given:
            return True
        above = self.world.units.get(unit.parent) if unit.parent is not None else None
        if above is not None and (above.made_by is not None or above.key in self.now or self._held(above)):
            return True
        origins = (self.world.units.get(atom.origin) for atom in unit.atoms)
        return any(origin is not None and self._held(origin) for origin in origins)

    def _in_sequence(self, unit: Working) -> str:
        county = self.now.get(unit.parent) if unit.parent is not None else None
        above = self.world.units.get(unit.parent) if unit.parent is not None else None
        if unit.level != TOWNSHIP or county is None or above is None or above.level != COUNTY:
            return ""
        return propose(county, unit.type, self.used).code or ""

    def _checked(self, unit: Working, code: str) -> str:
        self.world.act = unit.acts[0] if unit.acts else 0
        if len(code) != _DIGITS[unit.level] or not code.isascii() or not code.isdigit() or code[0] == "0":
            raise self.world.error(
                "bad_code",
                f"{unit.name}的法定代码应为{_DIGITS[unit.level]}位数字，给出的是“{code[:20]}”。",
                f"The legal code of {unit.name} has {_DIGITS[unit.level]} digits; “{code[:20]}” was given.",
                unit=unit.key,
            )
        holder = next((other for other in self.world.alive() if other is not unit and self.now.get(other.key) == code), None)
        if holder is not None or code in self.legal:
            who = f"{holder.name}" if holder is not None else ""
            raise self.world.error(
                "code_used",
                f"代码{code}{'正由' + who if who else '曾经'}使用，废码不用（CODE-03）。",
                f"Code {code} {'is held by ' + who if who else 'was used before'} and is not given again (CODE-03).",
                unit=unit.key,
            )
        return code

    def _check_used_up(self, key: Key) -> None:
        unit = self.world.units.get(key)
        if unit is None or not unit.alive:
            self.world.act = self.recoded.get(key, 0)
            raise self.world.error(
                "code_for_nobody",
                f"给出了代码的区划（{key}）不在册。",
                f"Unit {key}, which a code is given to, is not in force.",
                unit=key,
            )

    def _retire_all(self, unit: Working) -> None:
        if unit.source is not None:
            self.retired += [CodeRetired(unit.key, code) for code in unit.source.codes_on(self.world.day)]

    def _retire_legal(self, unit: Working) -> None:
        if unit.source is not None:
            self.retired += [CodeRetired(unit.key, code) for code in unit.source.codes_on(self.world.day) if code.authority == MCA]


def codes_named(decision: Decision) -> Mapping[Key, str]:
    """Every legal code the decision gives, by the unit it is given to."""
    given: dict[Key, str] = dict(decision.codes)
    for act in decision.acts:
        new = act.into if isinstance(act, Merge) else getattr(act, "new", None)
        if isinstance(new, NewUnit) and new.code:
            given[new.ref] = new.code
        elif isinstance(act, Recode):
            given[act.unit] = act.code
    return given
