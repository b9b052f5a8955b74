"""The one class through which a kind of data is brought in: fields with roles, natural key, checks, dry run, commit, undo."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import shapely
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from importers.coverage import CheckedLevel
from importers.readers import Table
from importers.severities import ERROR, INFO, WARNING

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User
    from gis.files.models import StoredFile

Words = str | Promise
Told = dict[str, Any]
# The kind of a layer that is what was walked, and no table.
TRACKS: Final = "track"


@dataclass(frozen=True)
class Role:
    """What a column can be for the target."""

    key: str
    title: Words
    required: bool = False
    note: Words = ""


@dataclass(frozen=True)
class Option:
    """Something a person says of the file as a whole. A required choice without `default` must be made by a person. `more` are
    choices that are seldom meant, shown behind the others.
    """

    key: str
    title: Words
    kind: Literal["choice", "date", "text"] = "text"
    choices: tuple[tuple[str, Words], ...] = ()
    default: str = ""
    required: bool = True
    note: Words = ""
    more: tuple[tuple[str, Words], ...] = ()

    @property
    def allowed(self) -> frozenset[str]:
        return frozenset(value for value, _words in (*self.choices, *self.more))


@dataclass
class Staged:
    """What a target is given: all rows with their edits, and which of them (positions from 0) are left out.

    variant   how the rows differ from the file's own, "" where they do not
    shapes    polygons in CGCS2000 that a repair gave, by position; `repair` what is told of it
    """

    table: Table
    skipped: frozenset[int]
    mapping: Mapping[str, str]
    options: Mapping[str, str]
    file: StoredFile
    actor: User
    variant: str = ""
    shapes: Mapping[int, shapely.Geometry] = field(default_factory=dict)
    repair: Mapping[str, Any] = field(default_factory=dict)
    progress: Callable[[str], None] = lambda _text: None

    def cells(self, row: int) -> dict[str, str]:
        """Role to text."""
        return {role: self.table.columns[column][row] for role, column in self.mapping.items() if column in self.table.columns}

    def rows(self) -> Iterable[int]:
        return (row for row in range(self.table.count) if row not in self.skipped)


@dataclass(frozen=True)
class RowVerdict:
    """`row` from 0; `key` the natural key as text; `outcome` created, updated, unchanged or refused; `rests_on` whatever of the
    register the outcome rests on, as text that stays the same as long as that does.
    """

    row: int
    key: str
    outcome: str
    rests_on: str = ""


@dataclass
class Verdict:
    """Of a dry run. `problems` are dicts with row (from 1, None for the file), field, code, severity, message, message_en;
    `topology` is what was compared as a coverage, rows as positions.
    """

    rows: list[RowVerdict] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)
    details: Told = field(default_factory=dict)
    topology: list[CheckedLevel] = field(default_factory=list)


@dataclass(frozen=True)
class Committed:
    """`reference` is given back to `obstacles` and `undo`; `counts` and `details` are for the report."""

    reference: str
    counts: Mapping[str, int]
    details: Mapping[str, Any] = field(default_factory=dict)


# Called by `commit` inside its transaction, with what becomes of each row; raises where that is not what the person saw.
Agreed = Callable[[Sequence[RowVerdict]], None]
# A check of one row: role to text → (role, code, severity, sentence, sentence in English).
Check = Callable[[Mapping[str, str]], Iterable[tuple[str, str, str, str, str]]]


class Target(ABC):
    """One kind of data. Subclasses say what they are and do what is abstract; the machine around them does the rest."""

    key: ClassVar[str]
    title: ClassVar[Words]
    about: ClassVar[Words]
    roles: ClassVar[tuple[Role, ...]]
    natural_key: ClassVar[tuple[str, ...]]
    checks: ClassVar[tuple[Check, ...]] = ()
    # False where the columns are always the same: nobody is asked which is which, and cells are not edited.
    has_mapping: ClassVar[bool] = True
    # What an undo has done, where it is not that the register is as before.
    undone_words: ClassVar[Words] = ""

    @abstractmethod
    def may_use(self, user: Person) -> bool:
        """A named policy."""

    def takes(self, layer: Mapping[str, Any]) -> bool:
        """Whether `layer` (as an inspection tells of it) can become this at all."""
        return layer.get("kind") != TRACKS

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        """What is asked of the person about `layer`."""
        return ()

    def options_for(self, actor: User, layer: Mapping[str, Any]) -> Sequence[Option]:
        """The same, where what may be chosen depends on who chooses."""
        return self.options(layer)

    def value_words(self, key: str, value: str) -> str:
        """What the value of an option is called, also where it can no longer be chosen."""
        option = next((one for one in self.options({"geometry": True}) if one.key == key), None)
        choices = () if option is None else (*option.choices, *option.more)
        return next((str(words) for choice, words in choices if choice == value), value)

    def columns_shown(self, mapping: Mapping[str, str]) -> list[tuple[str, str]]:
        """(title, column) in the order of the roles; the store keeps a mapping in none."""
        return [(str(role.title), mapping[role.key]) for role in self.roles if role.key in mapping]

    def cell_words(self, column: str, value: str) -> str:
        """How a cell is shown, where the columns are the target's own."""
        return value

    def around(self, options: Mapping[str, str]) -> Iterable[tuple[str, shapely.Geometry]]:
        """What else the map of the rows shows to compare with, in CGCS2000, each with its name."""
        return ()

    @abstractmethod
    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        """Role to column, as far as the names and the first cells tell."""

    @abstractmethod
    def dry_run(self, staged: Staged) -> Verdict:
        """What a commit would do; changes nothing. Raises `DomainError` for what is wrong with the file as a whole."""

    @abstractmethod
    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        """Writes the rows in the caller's transaction, audited; calls `agreed` before anything is final."""

    @abstractmethod
    def obstacles(self, reference: str) -> list[str]:
        """What rests on a commit and so stands in the way of undoing it, in sentences."""

    @abstractmethod
    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        """Takes a commit back in the caller's transaction, audited. Raises `ConflictError` where something rests on it."""

    def link(self, reference: str) -> tuple[str, str] | None:
        """Where to look at what a commit wrote: address and words; None where there is no one place."""
        return None

    def clean_options(self, actor: User, layer: Mapping[str, Any], given: Mapping[str, str]) -> dict[str, str]:
        """The options in their form. Raises `InvalidInputError` (bad_options) that names each that is wrong."""
        found, wrong = {}, {}
        for option in self.options_for(actor, layer):
            text = given.get(option.key, "").strip()[:300]
            if not text and option.required:
                wrong[option.key] = [_("请填写或选择“%(what)s”。") % {"what": option.title}]
            elif text and option.kind == "choice" and text not in option.allowed:
                wrong[option.key] = [_("“%(what)s”没有这个选项。") % {"what": option.title}]
            elif text and option.kind == "date" and not _is_date(text):
                wrong[option.key] = [_("“%(what)s”应为日期，例如 2023-12-31。") % {"what": option.title}]
            found[option.key] = text
        if wrong:
            raise InvalidInputError("bad_options", next(iter(wrong.values()))[0], wrong)
        return found

    def clean_mapping(self, columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
        """Raises `InvalidInputError` (bad_mapping)."""
        if not self.has_mapping:
            return {role.key: role.key for role in self.roles}
        found, wrong = {}, {}
        for role in self.roles:
            column = given.get(role.key, "")
            if column and column not in columns:
                wrong[role.key] = [_("文件里没有列“%(column)s”。") % {"column": column[:60]}]
            elif not column and role.required:
                wrong[role.key] = [_("请指出哪一列是“%(what)s”。") % {"what": role.title}]
            elif column:
                found[role.key] = column
        if wrong:
            raise InvalidInputError("bad_mapping", next(iter(wrong.values()))[0], wrong)
        return found

    def check_rows(self, staged: Staged) -> list[Told]:
        """What the target's `checks` find, row by row."""
        found: list[Told] = []
        for row in staged.rows():
            cells = staged.cells(row)
            for check in self.checks:
                for role, code, severity, zh, en in check(cells):
                    told = {"row": row + 1, "field": staged.mapping.get(role, ""), "code": code, "severity": severity}
                    found.append({**told, "message": zh, "message_en": en})
        return found


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return len(text) == 10


_targets: dict[str, Target] = {}


def register(target: Target) -> None:
    """Called by an app when it is ready; the same key twice is a programming error."""
    if type(_targets.get(target.key, target)) is not type(target):
        raise RuntimeError(f"the target {target.key} is registered twice")
    _targets[target.key] = target


def all_targets() -> list[Target]:
    return list(_targets.values())


def target_of(key: str) -> Target | None:
    return _targets.get(key)


__all__ = ["ERROR", "INFO", "WARNING"]
