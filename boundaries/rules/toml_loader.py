"""Rule sets from TOML files. The format is described, with a worked example, in docs/rule-set-format.md."""

from __future__ import annotations

import re
import tomllib
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from boundaries.rules.indicators import CATALOGUE, Basis, Choice, Indicator, Kind, catalogue_with
from boundaries.rules.ruleset import Effect, Group, Relaxation, RuleSet, Source, Status, Target
from boundaries.rules.toml_criterion import ID
from boundaries.rules.toml_positions import Path, line_positions
from boundaries.rules.toml_table import Problem, Problems, RuleSetError, Table
from boundaries.rules.toml_tree import build_tree, covered_criteria
from boundaries.rules.units import find_unit

__all__ = ["MAX_CHARACTERS", "Problem", "RuleSetError", "decode_rule_set", "parse_rule_set"]

FORMAT = 1
MAX_CHARACTERS = 200_000
_LARGEST = Fraction(10) ** 15


def decode_rule_set(data: bytes, filename: str) -> str:
    """The text of an uploaded file. Raises RuleSetError naming the line where it stops being UTF-8."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problem = Problem(line, "", "not_utf8", "文件不是UTF-8编码，请另存为UTF-8后再载入。",
                          "The file is not UTF-8; save it as UTF-8 and load it again.")  # fmt: skip
        raise RuleSetError(filename, [problem]) from None


def parse_rule_set(text: str, filename: str) -> RuleSet:
    """Read one rule set.

    Raises RuleSetError with every problem found, each with its line, path, code and a sentence in Chinese and English.
    """
    if len(text) > MAX_CHARACTERS:
        problem = Problem(
            1, "", "file_too_large", f"文件超过{MAX_CHARACTERS}字。", f"The file exceeds {MAX_CHARACTERS} characters."
        )
        raise RuleSetError(filename, [problem])
    data, positions = _toml(text, filename)
    problems = Problems(positions)
    rule_set = _rule_set(Table(data, (), problems))
    if problems.found or rule_set is None:
        raise RuleSetError(filename, problems.found)
    return rule_set


def _toml(text: str, filename: str) -> tuple[dict[str, Any], dict[Path, int]]:
    try:
        return tomllib.loads(text, parse_float=_decimal), line_positions(text)
    except (ValueError, InvalidOperation) as error:
        problem = _syntax_problem(text, str(error))
    except RecursionError:
        problem = Problem(1, "", "too_deep", "括号嵌套过深。", "The brackets are nested too deeply.")
    raise RuleSetError(filename, [problem])


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace("_", ""))


def _syntax_problem(text: str, message: str) -> Problem:
    """tomllib says “… (at line 3, column 5)” or “… (at end of document)”; other ValueErrors (huge integers) say neither."""
    match = re.search(r"\(at line (\d+), column (\d+)\)", message)
    if match:
        line, column = int(match[1]), int(match[2])
        return Problem(line, "", "syntax", f"第{line}行第{column}列不符合TOML语法。", f"Not valid TOML: {message}.")
    if "end of document" in message:
        line = len(text.splitlines()) or 1
        return Problem(line, "", "syntax", "文件没有写完（引号或括号未闭合）。", f"Not valid TOML: {message}.")
    return Problem(_longest_number_line(text), "", "syntax", "数字过长，无法读取。", "A number is too long to be read.")


def _longest_number_line(text: str) -> int:
    longest = max(re.finditer(r"[0-9_]+", text), key=lambda match: len(match[0]), default=None)
    return text.count("\n", 0, longest.start()) + 1 if longest else 1


def _rule_set(table: Table) -> RuleSet | None:
    file_format = table.number("format", required=True)
    if file_format is not None and file_format != FORMAT:
        table.problem("format", "format_unknown", f"只能读取格式{FORMAT}的文件。", f"Only format {FORMAT} can be read.")
    status = table.choice("status", Status, required=True)
    sources = _sources(table)
    declared = _indicators(table)
    catalogue = catalogue_with(declared)
    root = build_tree(table, catalogue, {source.id for source in sources})
    valid_from, valid_to = table.day("valid_from"), table.day("valid_to")
    if valid_from and valid_to and valid_to < valid_from:
        table.problem("valid_to", "dates_inverted", "失效日期早于生效日期。", "valid_to lies before valid_from.")
    title = table.text("title", required=True)
    fields: dict[str, Any] = {
        "id": table.text("id", required=True, pattern=r"[A-Z0-9][A-Z0-9-]{2,63}"),
        "title": title,
        "title_en": table.text("title_en") or title,
        "targets": _targets(table),
        "issuer": table.text("issuer", required=True),
        "document_number": table.text("document_number") or None,
        "issued_on": table.partial_day("issued_on"),
        "partial": table.flag("partial"),
        "region": table.text("region", pattern=r"\d{2}|\d{4}|\d{6}"),
        "notes": table.texts("notes"),
        "notes_en": table.texts("notes_en"),
        "missing_parts": table.texts("missing_parts"),
        "missing_parts_en": table.texts("missing_parts_en") or table.texts("missing_parts"),
        "relaxations": _relaxations(table, root, {source.id for source in sources}),
    }
    table.finish()
    if status is Status.OFFICIAL:
        _require_pedigree(table)
    if fields["partial"] and not fields["missing_parts"]:
        table.problem("partial", "missing_parts_unnamed", "不完整的标准须在missing_parts中写明未见的部分。",
                      "A partial set must name the parts not seen in missing_parts.")  # fmt: skip
    if status is None or root is None:
        return None
    return RuleSet(
        status=status,
        root=root,
        valid_from=valid_from,
        valid_to=valid_to,
        sources=sources,
        declared_indicators=declared,
        **fields,
    )


def _require_pedigree(table: Table) -> None:
    """Only a set that can be looked up may call itself official, because only such a set carries a verdict (STD-00)."""
    for key in ("document_number", "issued_on", "valid_from"):
        if not table.data.get(key):
            table.problem("status", "official_needs_pedigree", f"状态为official的标准须写明“{key}”。",
                          f"A set with status official must give “{key}”.")  # fmt: skip


def _targets(table: Table) -> frozenset[Target]:
    value = table.data.get("target")
    names = table.texts("target") if isinstance(value, list) else (table.text("target", required=True),)
    wrong = [name for name in names if name not in set(Target)]
    if wrong and all(names):
        table.problem("target", "not_allowed", "“target”只能是：town、subdistrict。", "“target” must be town or subdistrict.")
    return frozenset(Target(name) for name in names if name in set(Target))


def _sources(table: Table) -> tuple[Source, ...]:
    sources = []
    seen: set[str] = set()
    for one in table.tables("source", required=True):
        identifier = _unique_id(one, seen)
        source = Source(
            identifier,
            one.text("issuer", required=True),
            one.text("title", required=True),
            one.text("seen_at", required=True),
            one.text("grade"),
        )
        one.finish()
        sources.append(source)
    return tuple(sources)


def _unique_id(table: Table, seen: set[str], pattern: str = ID) -> str:
    identifier = table.text("id", required=True, pattern=pattern)
    if identifier and identifier in seen:
        table.problem("id", "id_duplicate", f"编号“{identifier}”重复。", f"The id “{identifier}” is used twice.")
    seen.add(identifier)
    return identifier


def _indicators(table: Table) -> tuple[Indicator, ...]:
    seen: set[str] = set()
    indicators = []
    for one in table.tables("indicator"):
        identifier = _unique_id(one, seen, r"[a-z][a-z0-9_]{1,63}")
        if identifier in CATALOGUE:
            one.problem("id", "indicator_exists", f"指标“{identifier}”已在目录中，不能重新定义。",
                        f"The indicator “{identifier}” is already in the catalogue.")  # fmt: skip
        indicator = _indicator(one, identifier)
        one.finish()
        if indicator is not None:
            indicators.append(indicator)
    return tuple(indicators)


def _indicator(table: Table, identifier: str) -> Indicator | None:
    kind = table.choice("kind", Kind, required=True)
    numeric = kind in (Kind.NUMBER, Kind.RATE)
    unit = table.text("unit", required=kind is Kind.NUMBER)
    found = find_unit("percent" if kind is Kind.RATE and not unit else unit)
    if numeric and unit and found is None:
        table.problem("unit", "unit_unknown", f"没有单位“{unit}”。", f"There is no unit “{unit}”.")
    if kind is Kind.RATE and found is not None and found.dimension != "percent":
        table.problem("unit", "unit_mismatch", "比率的单位只能是percent。", "The unit of a rate is percent.")
    minimum, maximum = table.number("minimum"), table.number("maximum")
    if minimum is not None and maximum is not None and maximum < minimum:
        table.problem("maximum", "bounds_inverted", "maximum小于minimum。", "maximum is less than minimum.")
    choices = _choices(table, kind)
    name = table.text("name", required=True)
    name_en = table.text("name_en") or name
    definition = table.text("definition", required=True)
    definition_en = table.text("definition_en") or definition
    basis = table.choice("basis", Basis, default=Basis.UNSTATED) or Basis.UNSTATED
    population, computed = table.flag("population"), table.flag("computed")
    if kind is None:
        return None
    top = Fraction(100) if kind is Kind.RATE else _LARGEST
    return Indicator(
        identifier,
        name,
        name_en,
        kind,
        definition,
        definition_en,
        found.id if numeric and found else "",
        (minimum if minimum is not None else Fraction(0)) if numeric else None,
        (maximum if maximum is not None else top) if numeric else None,
        basis,
        population,
        computed,
        choices,
    )


def _choices(table: Table, kind: Kind | None) -> tuple[Choice, ...]:
    tables = table.tables("choices")
    if kind is not Kind.CHOICE:
        if tables:
            table.problem("choices", "not_allowed", "只有kind为choice的指标可以列出选项。", "Only a choice has choices.")
        return () if kind not in (Kind.YESNO, Kind.JUDGEMENT) else CATALOGUE["waste_site"].choices
    if len(tables) < 2:
        table.problem("choices", "key_missing", "choice指标至少要有两个选项。", "A choice needs at least two choices.")
    seen: set[str] = set()
    choices = []
    for one in tables:
        identifier = _unique_id(one, seen)
        name = one.text("name", required=True)
        choices.append(Choice(identifier, name, one.text("name_en") or name))
        one.finish()
    return tuple(choices)


def _relaxations(table: Table, root: Group | None, sources: set[str]) -> tuple[Relaxation, ...]:
    seen: set[str] = set()
    relaxations = []
    for one in table.tables("relaxation"):
        identifier = _unique_id(one, seen)
        effect = one.choice("effect", Effect, required=True)
        factor = one.number("factor", required=effect is Effect.FACTOR)
        if factor is not None and not 0 < factor < 1:
            one.problem("factor", "out_of_range", "放宽系数应大于0、小于1。", "The factor must lie between 0 and 1.")
        applies_to = one.texts("applies_to", required=True)
        if root is not None:
            _check_relaxed(one, root, applies_to, effect)
        source = one.text("source")
        if source and source not in sources:
            one.problem("source", "source_unknown", f"没有来源“{source}”。", f"There is no source “{source}”.")
        text = one.text("text", required=True)
        text_en = one.text("text_en") or text
        one.finish()
        if effect is not None:
            relaxations.append(Relaxation(identifier, text, text_en, effect, applies_to, factor, source))
    return tuple(relaxations)


def _check_relaxed(table: Table, root: Group, applies_to: tuple[str, ...], effect: Effect | None) -> None:
    for identifier in applies_to:
        covered = covered_criteria(root, identifier)
        if not covered:
            table.problem(
                "applies_to", "node_unknown", f"没有编号为“{identifier}”的条件。", f"There is no criterion “{identifier}”."
            )
        for criterion in covered:
            if effect is Effect.FACTOR and not criterion.scalable:
                table.problem("applies_to", "cannot_scale", f"“{criterion.id}”不是“不低于”类的数值条件，不能乘系数。",
                              f"“{criterion.id}” is not an “at least” criterion and cannot be scaled.")  # fmt: skip
