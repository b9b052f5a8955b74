"""The establishment standards an office holds: shipped ones, those it loaded itself, and which of them is adopted.

A text is never changed in place: another text is another edition (by SHA-256), and of each identifier one edition at most is
adopted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import RuleSet, RuleSetState
from boundaries.rules import ruleset as rules
from boundaries.rules.choice import RuleSetChoice, advisory_findings, choose_rule_set
from boundaries.rules.finding import Finding, Severity
from boundaries.rules.shipped import shipped_files
from boundaries.rules.toml_loader import RuleSetError, decode_rule_set, parse_rule_set
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError, NotFoundError

REGION = "41"  # GB/T 2260 prefix of Henan, for which the shipped standards were collected


@dataclass(frozen=True, slots=True)
class Chosen:
    """The standard a check goes by. `row` is what the office holds, `rules` what it says."""

    row: RuleSet
    rules: rules.RuleSet
    advisory: bool
    findings: tuple[Finding, ...]


@lru_cache(maxsize=64)
def _parsed(sha256: str, text: str, name: str) -> rules.RuleSet:
    return parse_rule_set(text, name)


def parsed(row: RuleSet) -> rules.RuleSet:
    """What `row` says; parsed once for each text. Raises `DomainError` when this version cannot read a text kept earlier."""
    try:
        return _parsed(row.sha256, row.toml, row.identifier)
    except RuleSetError as error:
        raise InvalidInputError(
            "rule_set_unreadable",
            _("标准“%(title)s”的内容已无法读取，请重新载入：%(problem)s") % {"title": row.title, "problem": str(error)},
        ) from error


def all_editions() -> list[RuleSet]:
    """Every edition: the adopted ones first, then drafts, then what is no longer used; newest first among equals."""
    order = {RuleSetState.ADOPTED: 0, RuleSetState.DRAFT: 1}
    return sorted(RuleSet.objects.order_by("-id"), key=lambda row: (order.get(RuleSetState(row.state), 2), row.target, -row.pk))


def adopted() -> list[RuleSet]:
    return list(RuleSet.objects.filter(state=RuleSetState.ADOPTED).order_by("identifier"))


def choose(target: str, on: date, identifier: str | None = None) -> Chosen:
    """The adopted standard for `target` on `on` by STD-00, or the one named.

    `identifier` is an adopted set's identifier, else the newest draft's or retired one's, or a row's number. A set that is not
    adopted is always advisory. Raises `NotFoundError` for an unknown one, `ConflictError` when two official sets are in force
    at once.
    """
    wanted = rules.Target(target)
    if identifier:
        return _named(identifier, wanted, on)
    rows = adopted()
    choice = _choose_among(rows, wanted, on)
    if choice.rule_set is None:
        first = choice.findings[0]
        raise ConflictError(first.code, _in_language(first))
    row = next(row for row in rows if row.identifier == choice.rule_set.id)
    return Chosen(row, choice.rule_set, choice.advisory, choice.findings)


def _choose_among(rows: Iterable[RuleSet], target: rules.Target, on: date) -> RuleSetChoice:
    return choose_rule_set([parsed(row) for row in rows], target, on, region=REGION)


def would_be_chosen(row: RuleSet, target: str, on: date) -> bool:
    """Whether checks on `on` would go by `row` once it were adopted."""
    others = [one for one in adopted() if one.identifier != row.identifier]
    choice = _choose_among([*others, row], rules.Target(target), on)
    return choice.rule_set is not None and choice.rule_set.id == row.identifier


def find(identifier: str) -> RuleSet:
    """By identifier (the adopted edition, else the newest), or by number."""
    rows = RuleSet.objects.filter(identifier=identifier)
    row = rows.filter(state=RuleSetState.ADOPTED).first() or rows.order_by("-id").first()
    if row is None and identifier.isascii() and identifier.isdigit() and len(identifier) <= 9:
        row = RuleSet.objects.filter(pk=int(identifier)).first()
    if row is None:
        held = "、".join(RuleSet.objects.order_by("identifier").values_list("identifier", flat=True).distinct())
        raise NotFoundError(
            "unknown_rule_set", _("没有标识为“%(id)s”的标准。现有：%(held)s。") % {"id": identifier[:60], "held": held or _("无")}
        )
    return row


def _named(identifier: str, target: rules.Target, on: date) -> Chosen:
    row = find(identifier)
    return as_chosen(row, target, on)


def as_chosen(row: RuleSet, target: str, on: date) -> Chosen:
    """`row` as the standard to go by, whatever else is adopted."""
    rule_set = parsed(row)
    if rules.Target(target) not in rule_set.targets:
        raise InvalidInputError(
            "rule_set_other_target", _("标准“%(title)s”不适用于这一申请事项。") % {"title": row.title}, rule_set=row.identifier
        )
    findings = list(advisory_findings(rule_set, on))
    if row.state != RuleSetState.ADOPTED:
        findings.append(_not_adopted(row, rule_set))
    return Chosen(row, rule_set, bool(findings), tuple(findings))


def _not_adopted(row: RuleSet, rule_set: rules.RuleSet) -> Finding:
    return Finding(
        "STD-00",
        Severity.BLOCK,
        "行政区划管理条例第十一条",
        "not_adopted",
        f"“{row.title}”尚未采用或已停用，结果仅供参考。",
        f"“{rule_set.title_en}” is not adopted here; for reference only.",
        row.identifier,
    )


def _in_language(finding: Finding) -> str:
    return finding.message_en if (get_language() or "").startswith("en") else finding.message_zh


# --- writes -------------------------------------------------------------------------------------------------------------------


def sync_shipped() -> list[RuleSet]:
    """Brings the standards that come with the software into the register; running it again changes nothing.

    A new edition replaces the shipped one it follows, but never what the office itself adopted or retired: then it waits as a
    draft. Returns the rows that were added.
    """
    added = []
    for name, text in shipped_files().items():
        with transaction.atomic():
            row = _sync_one(parse_rule_set(text, name), text)
        if row is not None:
            added.append(row)
    return added


def _sync_one(rule_set: rules.RuleSet, text: str) -> RuleSet | None:
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    earlier = list(RuleSet.objects.select_for_update().filter(identifier=rule_set.id))
    if any(row.sha256 == sha256 for row in earlier):
        return None
    before = next((row for row in earlier if row.state == RuleSetState.ADOPTED), None)
    replaces = before is not None and before.shipped
    if before is not None and replaces:
        before.state = RuleSetState.RETIRED
        before.save(update_fields=["state"])
    row = _create(rule_set, text, sha256, actor=None, shipped=True)
    if replaces or not earlier:
        row.state = RuleSetState.ADOPTED
        row.adopted_at = timezone.now()
        row.save(update_fields=["state", "adopted_at"])
    audit.record(actor=None, action="rule_set.ship", target=row, before=_snapshot(before), after=_snapshot(row))
    return row


def load_draft(text: str, name: str, actor: User | None) -> RuleSet:
    """Keeps `text` (from the file `name`) as a draft, which judges nothing until it is adopted.

    Raises `InvalidInputError` with ``problems`` (line, path, code, message) when it is no rule set, and `ConflictError` when
    the very same text is held already.
    """
    _ensure(actor, policies.may_load_rule_set)
    rule_set = read(text, name)
    if len(rule_set.id) > 60:
        raise InvalidInputError("rule_set_id_too_long", _("标准的标识不超过 60 个字符。"))
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    held = RuleSet.objects.filter(identifier=rule_set.id, sha256=sha256).first()
    if held is not None:
        raise ConflictError(
            "rule_set_held",
            _("这份标准已经载入过：%(title)s（%(state)s）。") % {"title": held.title, "state": held.get_state_display()},
            rule_set=held.pk,
        )
    with transaction.atomic():
        row = _create(rule_set, text, sha256, actor=actor, shipped=False)
        audit.record(actor=actor, action="rule_set.load", target=row, after={**_snapshot(row), "file": name[:255]})
    return row


def read(text: str, name: str) -> rules.RuleSet:
    """What `text` says, changing nothing. Raises `InvalidInputError` ``rule_set_invalid`` with every problem and its line."""
    try:
        return parse_rule_set(text, name)
    except RuleSetError as error:
        raise _invalid(error) from error


def decode(data: bytes, name: str) -> str:
    try:
        return decode_rule_set(data, name)
    except RuleSetError as error:
        raise _invalid(error) from error


def _invalid(error: RuleSetError) -> InvalidInputError:
    problems = [problem.as_dict() for problem in error.problems]
    first = error.problems[0]
    english = (get_language() or "").startswith("en")
    return InvalidInputError(
        "rule_set_invalid",
        _("标准文件 %(name)s 不能载入，共 %(count)d 处问题；第 %(line)d 行：%(message)s")
        % {
            "name": error.filename[:100],
            "count": len(problems),
            "line": first.line,
            "message": first.message_en if english else first.message_zh,
        },
        problems=problems,
    )


def adopt(row: RuleSet, actor: User | None, reason: str) -> RuleSet:
    """Makes `row` the edition that counts; the adopted edition of the same identifier, if any, is retired by the same act."""
    _ensure(actor, policies.may_adopt_rule_set)
    said = _reason(reason)
    with transaction.atomic():
        editions = {one.pk: one for one in RuleSet.objects.select_for_update().filter(identifier=row.identifier)}
        held = editions[row.pk]
        if held.state == RuleSetState.ADOPTED:
            raise ConflictError("rule_set_adopted", _("这份标准已经采用。"))
        parsed(held)
        before = _snapshot(held)
        for other in editions.values():
            if other.state == RuleSetState.ADOPTED:
                _retire(other, actor, _("由新版本取代：%(reason)s") % {"reason": said})
        held.state = RuleSetState.ADOPTED
        held.adopted_at, held.adopted_by = timezone.now(), actor
        held.save(update_fields=["state", "adopted_at", "adopted_by"])
        audit.record(actor=actor, action="rule_set.adopt", target=held, before=before, after=_snapshot(held), reason=said)
    return held


def retire(row: RuleSet, actor: User | None, reason: str) -> RuleSet:
    """Takes `row` out of use, or a draft off the desk. It stays readable, and `adopt` brings it back."""
    _ensure(actor, policies.may_adopt_rule_set if row.state == RuleSetState.ADOPTED else policies.may_load_rule_set)
    said = _reason(reason)
    with transaction.atomic():
        held = RuleSet.objects.select_for_update().get(pk=row.pk)
        if held.state != row.state or held.state == RuleSetState.RETIRED:
            raise ConflictError("rule_set_changed", _("这份标准的状态已经变了，请刷新页面。"))
        _retire(held, actor, said)
    return held


def _retire(row: RuleSet, actor: User | None, reason: str) -> None:
    before = _snapshot(row)
    row.state = RuleSetState.RETIRED
    row.save(update_fields=["state"])
    audit.record(actor=actor, action="rule_set.retire", target=row, before=before, after=_snapshot(row), reason=reason)


def _create(rule_set: rules.RuleSet, text: str, sha256: str, *, actor: User | None, shipped: bool) -> RuleSet:
    try:
        with transaction.atomic():
            return RuleSet.objects.create(
                identifier=rule_set.id,
                title=rule_set.title[:200],
                target=",".join(sorted(rule_set.targets)),
                status=rule_set.status,
                toml=text,
                sha256=sha256,
                shipped=shipped,
                loaded_by=actor,
            )
    except IntegrityError as error:  # the same text was loaded by somebody else a moment ago
        raise ConflictError("rule_set_held", _("这份标准刚刚由他人载入，请刷新页面。")) from error


def _snapshot(row: RuleSet | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {
        "identifier": row.identifier,
        "title": row.title,
        "status": row.status,
        "state": row.state,
        "sha256": row.sha256,
    }


def _ensure(actor: User | None, policy: Any) -> None:
    """`actor` None is the command line, whose user owns the machine."""
    if actor is not None:
        ensure(policy(actor))


def _reason(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInputError("reason_missing", _("请写明理由，例如依据的文件。"), {"reason": [_("必填")]})
    if len(said) > 1000:
        raise InvalidInputError("reason_too_long", _("理由不超过 1000 字。"), {"reason": [_("不超过 1000 字")]})
    return said
