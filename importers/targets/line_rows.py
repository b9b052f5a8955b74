"""What lists of lines and of markers have in common: the day, the system, the source; codes of divisions; yes and no."""

from __future__ import annotations

from abc import abstractmethod
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries import policies
from boundaries.models import Begins, Grade, Source, SourceKind
from boundaries.services import line_undo
from boundaries.services.places import codes_spelled
from gis.errors import ConflictError, DomainError
from importers import geometry as geometries
from importers.services.list_systems import reading_of
from importers.severities import ERROR, WARNING
from importers.targets.systems import system_option
from importers.targets.target import Agreed, Committed, Option, RowVerdict, Staged, Target, Told, Verdict

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

_YES = frozenset({"是", "有", "争议", "有争议", "1", "y", "yes", "true", "√"})
_NO = frozenset({"", "否", "无", "无争议", "没有", "0", "n", "no", "false"})


@dataclass
class Planned:
    """One row as it would be written. `held` is the id of the record it would correct; `values` as the services take them."""

    row: int
    key: str
    outcome: str
    values: dict[str, Any] = field(default_factory=dict)
    held: int | None = None
    target: Any = None

    @property
    def verdict(self) -> RowVerdict:
        return RowVerdict(self.row, self.key, self.outcome, str(self.held or ""))


@dataclass
class Reader:
    """Tells what is wrong with cells, row by row."""

    staged: Staged
    problems: list[Told] = field(default_factory=list)
    _divisions: dict[str, int | None] = field(default_factory=dict)
    _wrong: set[int] = field(default_factory=set)

    @property
    def day(self) -> date:
        return date.fromisoformat(self.staged.options["as_of"])

    def tell(self, row: int | None, role: str, code: str, zh: str, en: str, severity: str = ERROR) -> None:
        column = self.staged.mapping.get(role, "")
        if row is not None and severity == ERROR:
            self._wrong.add(row)
        self.problems.append(
            {
                "row": None if row is None else row + 1,
                "field": column,
                "code": code,
                "severity": severity,
                "message": zh,
                "message_en": en,
            }
        )

    def refused(self, row: int, error: DomainError) -> None:
        self.tell(row, "", error.code, str(error), str(error))

    def wrong(self) -> set[int]:
        return self._wrong

    def division(self, row: int, role: str, text: str) -> int | None:
        code = text.strip()
        if code not in self._divisions:
            self._divisions[code] = next(iter(codes_spelled(code, self.day)), None)
        found = self._divisions[code]
        if found is None:
            self.tell(row, role, "division_unknown", f"登记中没有代码为“{code}”的区划。", f"No division has the code “{code}”.")
        return found

    def number(self, row: int, role: str, text: str) -> float | None:
        text = text.strip().replace(",", "")
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not np.isfinite(value):
            self.tell(row, role, "not_a_number", f"“{text[:40]}”不是数。", f"“{text[:40]}” is no number.")
            return None
        return value

    def day_of(self, row: int, role: str, text: str) -> date | None:
        text = text.strip()[:10].replace("/", "-").replace(".", "-")
        if not text:
            return None
        try:
            return date.fromisoformat("-".join(part.zfill(2) for part in text.split("-")))
        except ValueError:
            self.tell(row, role, "not_a_day", f"“{text}”不是日期。", f"“{text}” is no date.")
            return None

    def yes(self, row: int, role: str, text: str) -> bool:
        word = text.strip().lower()
        if word not in _YES and word not in _NO:
            self.tell(row, role, "not_yes_or_no", f"“{text[:20]}”应为“是”或“否”。", f"“{text[:20]}” should be yes or no.")
        return word in _YES

    def shapes(self) -> Any:
        """The rows' geometries in EPSG:4490, or None; what was found about the system is told. Raises `DomainError`."""
        table = self.staged.table
        if table.geometry is None:
            return None
        reading, _told, problems = reading_of(table, self.staged.options.get("crs", ""), self.day)
        for one in problems:
            told = one.as_dict()
            self.problems.append({**told, "severity": told.get("severity", WARNING)})
            if one.row is not None and one.severity == ERROR:
                self._wrong.add(one.row - 1)
        for row, words in table.unreadable.items():
            self.tell(row, "", "geometry_unreadable", f"图形无法读出：{words}", f"The geometry cannot be read: {words}")
        if reading is None:
            return None
        return geometries.into_cgcs2000(table.geometry, reading)[0]


class RegisterRows(Target):
    """A target whose rows are registered or corrected one by one, by services of two clocks; undone by the source they cite."""

    spellings: ClassVar[Mapping[str, frozenset[str]]]
    undo_action: ClassVar[str]

    @abstractmethod
    def plan(self, reader: Reader) -> list[Planned]:
        """The rows that can be written; the others are told to the reader."""

    @abstractmethod
    def register_row(self, staged: Staged, row: Planned, source: Source, since: date) -> None:
        """Enters what is not there yet."""

    @abstractmethod
    def correct_row(self, staged: Staged, row: Planned, source: Source, reason: str) -> None:
        """Corrects the record `row.held` of `row.target`."""

    def may_use(self, user: Person) -> bool:
        return policies.may_register_lines(user)

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        return matched(columns, self.spellings)

    def dry_run(self, staged: Staged) -> Verdict:
        reader = Reader(staged)
        plan = self.plan(reader)
        return Verdict([one.verdict for one in plan], reader.problems)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        reader = Reader(staged)
        plan = self.plan(reader)
        agreed([one.verdict for one in plan])
        if not plan:
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        source = source_of(staged, self.key)
        for one in plan:
            if one.outcome == "created":
                self.register_row(staged, one, source, reader.day)
            elif one.outcome == "updated":
                self.correct_row(staged, one, source, _("导入：%(title)s") % {"title": source.title})
        counts = {name: sum(one.outcome == name for one in plan) for name in ("created", "updated", "unchanged")}
        return Committed(str(source.pk), {**counts, "rejected": len(reader.wrong())})

    def obstacles(self, reference: str) -> list[str]:
        return line_undo.obstacles(int(reference))

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        return line_undo.undo(actor, Source.objects.get(pk=int(reference)), self.undo_action)


def options(layer: Mapping[str, Any], *, placed: bool) -> Sequence[Option]:
    found = [
        Option("as_of", gettext_lazy("自何日起"), "date", note=gettext_lazy("协议书或成果的日期；新登记的从这一天起")),
        Option("begins", gettext_lazy("起始依据"), "choice", tuple(Begins.choices), Begins.OBSERVED),
    ]
    if layer.get("geometry"):
        found.append(system_option(layer))
    if layer.get("geometry") or placed:
        found.append(Option("grade", gettext_lazy("图形等级"), "choice", tuple(Grade.choices)))
    found.append(Option("title", gettext_lazy("资料名称"), required=False, note=gettext_lazy("为空时用文件名")))
    found.append(Option("document_number", gettext_lazy("文号"), required=False))
    return found


def source_of(staged: Staged, what: str) -> Source:
    given = staged.options
    return Source.objects.create(
        kind=SourceKind.DOCUMENT if given.get("document_number", "").strip() else SourceKind.DATASET,
        title=(given.get("title", "").strip() or staged.file.name)[:300],
        document_number=given.get("document_number", "").strip()[:80],
        dated=date.fromisoformat(given["as_of"]),
        sha256=staged.file.sha256,
        details={"import": what},
        recorded_by=staged.actor,
    )


def matched(columns: Mapping[str, Sequence[str]], spellings: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Role to column by the columns' names."""
    found: dict[str, str] = {}
    for column in columns:
        plain = "".join(column.lower().replace("（", "(").split("(")[0].split())
        for role, known in spellings.items():
            if plain in known:
                found.setdefault(role, column)
    return found


def tell_doubled(reader: Reader, role: str, keys: Mapping[int, str]) -> None:
    """Rows whose key stands in the file more than once."""
    count = Counter(keys.values())
    for row, key in keys.items():
        if count[key] > 1:
            reader.tell(row, role, "twice_in_file", f"“{key}”在文件中不止一行。", f"“{key}” stands in more than one row.")
