"""The standards an office holds: the list, one of them in words, loading another, what it would change, adopting and retiring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from boundaries import policies, wording
from boundaries.models import RuleSet, RuleSetState
from boundaries.rules.ruleset import Criterion, Group, Node
from boundaries.rules.ruleset import RuleSet as Rules
from boundaries.services import rule_sets
from boundaries.services.rule_set_preview import preview_result, start_preview, takes_long
from boundaries.views.parameters import day_of, person
from gis.accounts.access import ensure
from gis.errors import ConflictError, InvalidInputError
from gis.views.forms import attempt

LIMIT = 2 * 1024 * 1024
STATE_CHIPS = {RuleSetState.ADOPTED: "met", RuleSetState.DRAFT: "near", RuleSetState.RETIRED: "neutral"}


@dataclass(frozen=True, slots=True)
class Line:
    """One group or criterion of the tree, indented by `depth`."""

    depth: int
    is_group: bool
    text: str
    text_zh: str
    when: str
    threshold: str
    indicator: str
    note: str
    clause: str
    rule: str
    in_principle: bool


@login_required
@require_GET
def standards_page(request: HttpRequest) -> HttpResponse:
    ensure(policies.may_view_register(request.user))
    today = timezone.localdate()
    rows = [_summary(row) for row in rule_sets.all_editions()]
    context = {
        "rows": [row for row in rows if row["row"].state != RuleSetState.RETIRED],
        "retired": [row for row in rows if row["row"].state == RuleSetState.RETIRED],
        "today": today,
        "in_use": [_in_use(target, today) for target in wording.TARGETS],
        "may_load": policies.may_load_rule_set(request.user),
    }
    return render(request, "boundaries/standards.html", context)


def _summary(row: RuleSet) -> dict[str, Any]:
    """A line of the list; a text this version cannot read is listed with the reason."""
    shown: dict[str, Any] = {
        "row": row,
        "title": row.title,
        "targets": [wording.TARGETS[one] for one in row.target.split(",") if one in wording.TARGETS],
        "state_chip": STATE_CHIPS[RuleSetState(row.state)],
    }
    try:
        rules = rule_sets.parsed(row)
    except InvalidInputError as error:
        return shown | {"broken": str(error.message)}
    return shown | {
        "title": wording.said(rules, "title"),
        "rules": rules,
        "status_words": wording.status_words(rules.status),
        "status_chip": "met" if rules.status == "official" else "missing",
        "criteria": len(rules.criteria()),
    }


def _in_use(target: str, day: date) -> dict[str, Any]:
    """Which standard checks for `target` go by on `day`, and how much weight that carries."""
    shown: dict[str, Any] = {"target": target, "words": wording.TARGETS[target]}
    try:
        chosen = rule_sets.choose(target, day)
    except ConflictError as error:
        return shown | {"refused": str(error.message)}
    return shown | {
        "title": wording.said(chosen.rules, "title"),
        "row": chosen.row,
        "advisory": chosen.advisory,
        "status_words": wording.status_words(chosen.rules.status),
    }


@login_required
@require_GET
def standard_page(request: HttpRequest, pk: int) -> HttpResponse:
    ensure(policies.may_view_register(request.user))
    return _standard(request, get_object_or_404(RuleSet.objects.select_related("loaded_by", "adopted_by"), pk=pk))


def _standard(request: HttpRequest, row: RuleSet, **more: Any) -> HttpResponse:
    summary = _summary(row)
    rules: Rules | None = summary.get("rules")
    context = {
        "row": row,
        "summary": summary,
        "rules": rules,
        "lines": list(_lines(rules.root, rules, 0)) if rules else [],
        "notes": wording.pick_all(rules.notes, rules.notes_en) if rules else [],
        "missing_parts": wording.pick_all(rules.missing_parts, rules.missing_parts_en) if rules else [],
        "relaxations": [(wording.said(one), one) for one in rules.relaxations] if rules else [],
        "today": timezone.localdate(),
        "may_load": policies.may_load_rule_set(request.user),
        "may_adopt": policies.may_adopt_rule_set(request.user),
        "may_retire": _may_retire(request, row),
    }
    status = more.pop("status", 200)
    return render(request, "boundaries/standard.html", context | more, status=status)


def _may_retire(request: HttpRequest, row: RuleSet) -> bool:
    if row.state == RuleSetState.RETIRED:
        return False
    policy = policies.may_adopt_rule_set if row.state == RuleSetState.ADOPTED else policies.may_load_rule_set
    return policy(request.user)


def _lines(node: Node, rules: Rules, depth: int) -> Iterator[Line]:
    when = "、".join(wording.condition_words(one, rules) for one in node.when)
    if isinstance(node, Criterion):
        yield _criterion_line(node, rules, depth, when)
        return
    yield _group_line(node, depth, when)
    for child in node.children:
        yield from _lines(child, rules, depth + 1)


def _group_line(group: Group, depth: int, when: str) -> Line:
    silent = _("原文没有规定，由人研究") if group.not_evaluable else str(wording.GROUPS[group.kind])
    return Line(
        depth, True, wording.said(group, "title"), group.title, when, silent, "", wording.said(group, "note"), "", group.rule, False
    )


def _criterion_line(criterion: Criterion, rules: Rules, depth: int, when: str) -> Line:
    return Line(
        depth=depth,
        is_group=False,
        text=wording.said(criterion),
        text_zh=criterion.text,
        when=when,
        threshold=wording.threshold_words(criterion, criterion.thresholds, rules),
        indicator=wording.indicator_name(rules.indicator(criterion.indicator)),
        note=wording.said(criterion, "note"),
        clause=criterion.clause,
        rule=criterion.rule,
        in_principle=criterion.strength == "in_principle",
    )


@login_required
@require_http_methods(["GET", "POST"])
def standard_new(request: HttpRequest) -> HttpResponse:
    """Loads a TOML file, or the text as corrected on the page; errors stand beside the lines they are about."""
    ensure(policies.may_load_rule_set(request.user))
    if request.method == "GET":
        return render(request, "boundaries/standard_new.html", {"text": "", "name": ""})
    text, name = "", request.POST.get("name", "").strip()[:100] or "standard.toml"
    with attempt() as tried:
        upload = request.FILES.get("file")
        if upload is not None:
            name = upload.name or name
            if (upload.size or 0) > LIMIT:
                raise InvalidInputError("file_too_large", _("标准文件不超过 2 MB。"))
            text = rule_sets.decode(upload.read(), name)
        else:
            text = request.POST.get("text", "").replace("\r\n", "\n")
        if not text.strip():
            raise InvalidInputError("file_missing", _("请选择一个 TOML 文件，或粘贴标准的文本。"))
        row = rule_sets.load_draft(text, name, person(request))
    if tried.refused is not None:
        context = {
            "text": text,
            "name": name,
            "refused": tried.refused,
            "source": _numbered(text, tried.refused.details.get("problems", [])),
        }
        return render(request, "boundaries/standard_new.html", context, status=tried.refused.status)
    messages.success(request, _("已载入为待采用。采用前请先看看哪些乡镇的结论会变化。"))
    return redirect("standard", row.pk)


def _numbered(text: str, problems: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The lines of the text around those with problems, each with its problems; nothing when no line is to blame."""
    by_line: dict[int, list[str]] = {}
    for problem in problems:
        by_line.setdefault(problem["line"], []).append(wording.pick(problem["message"], problem["message_en"]))
    near = {line + offset for line in by_line for offset in range(-2, 3)}
    return [
        {"number": number, "text": line[:400], "problems": by_line.get(number, []), "gap": number - 1 not in near}
        for number, line in enumerate(text.split("\n"), start=1)
        if number in near
    ]


@login_required
@require_GET
def standard_download(request: HttpRequest, pk: int) -> HttpResponse:
    """The text as it was loaded."""
    ensure(policies.may_view_register(request.user))
    row = get_object_or_404(RuleSet, pk=pk)
    response = HttpResponse(row.toml, content_type="application/toml; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{row.identifier}.toml"'
    return response


@login_required
@require_http_methods(["POST"])
def standard_preview(request: HttpRequest, pk: int) -> HttpResponse:
    """What adopting would change. A county at once; a province in the queue, with its progress in the same place."""
    ensure(policies.may_load_rule_set(request.user))
    row = get_object_or_404(RuleSet, pk=pk)
    day = day_of(request)
    if takes_long(day):
        return render(request, "boundaries/parts/preview_job.html", {"job": start_preview(row, day, person(request))})
    return render(request, "boundaries/parts/rule_set_preview.html", {"result": preview_result(row, day)})


@login_required
@require_POST
def standard_adopt(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RuleSet, pk=pk)
    with attempt() as tried:
        rule_sets.adopt(row, person(request), request.POST.get("reason", ""))
    if tried.refused is not None:
        return _standard(request, row, refused=tried.refused, status=tried.refused.status)
    messages.success(request, _("已采用“%(title)s”。") % {"title": row.title})
    return redirect("standard", pk)


@login_required
@require_POST
def standard_retire(request: HttpRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(RuleSet, pk=pk)
    with attempt() as tried:
        rule_sets.retire(row, person(request), request.POST.get("reason", ""))
    if tried.refused is not None:
        return _standard(request, row, refused=tried.refused, status=tried.refused.status)
    messages.success(request, _("已停用“%(title)s”，随时可以重新采用。") % {"title": row.title})
    return redirect("standard", pk)
