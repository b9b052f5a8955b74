"""联检: an inspection's page, the same for all sides, and what people do on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from boundaries import policies
from boundaries.inspection_record import digest_of, inspected_before, open_disagreements, record_of
from boundaries.inspection_words import CHECK_ANSWERS, CHECKS, CONDITION_CHIPS, CONDITIONS, DONE, EVENTS, STATE_CHIPS
from boundaries.models import JointInspection, OccurrenceKind
from boundaries.rules.finding import blocks
from boundaries.rules.inspection_content import ANSWERS, GROUPS
from boundaries.rules.inspection_record import BASIS_DOCUMENTS, check_basis
from boundaries.rules.inspection_states import ARRANGING, Action, Role, edges_from
from boundaries.rules.markers import check_position
from boundaries.services import inspection_package as packages
from boundaries.services import inspection_signing, inspections
from boundaries.views import inspection_tasks
from boundaries.views.form_reading import Posted
from boundaries.views.parameters import person
from boundaries.wording import pick
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.crs import distance_m
from gis.errors import DomainError, NotFoundError
from gis.files import services as files
from gis.views.forms import attempt

_KEYED_STATES = ("planned", "in_field", "reviewing", "signed")


@login_required
@require_safe
def inspection_page(request: HttpRequest, pk: int) -> HttpResponse:
    return show(request, visible(request, pk))


@login_required
@require_POST
def inspection_do(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """what: a key of `_DEEDS`. On refusal the page comes back with the reason beside the form and what was typed."""
    inspection = visible(request, pk)
    try:
        deed, anchor = _DEEDS[what]
    except KeyError as error:
        raise NotFoundError("unknown_step", _("没有这一步。")) from error
    with attempt() as tried:
        deed(person(request), inspection, Posted(request.POST))
    if tried.refused is not None:
        return show(request, inspection, refused=tried.refused, what=_form_of(what, request), status=tried.refused.status)
    messages.success(request, _("已办理。"))
    response = redirect("inspection", pk)
    response["Location"] += anchor
    return response


@login_required
@require_safe
def inspection_package(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """The filed papers as one zip. With many photos it is made in the queue: the answer leads to its job."""
    inspection = visible(request, pk)
    if packages.takes_long(inspection):
        return redirect("job-detail", packages.start(person(request), inspection).pk)
    stored = packages.package_of(person(request), inspection)
    response = FileResponse(files.open_file(stored), as_attachment=True, filename=stored.name, content_type="application/zip")
    response["Content-Length"] = str(stored.size)
    response["Cache-Control"] = "private, no-cache"
    return response


def visible(request: HttpRequest, pk: int) -> JointInspection:
    inspection = get_object_or_404(JointInspection.objects.select_related("line", "round", "package", "created_by"), pk=pk)
    ensure(policies.may_view_inspection(request.user, inspection))
    return inspection


def show(
    request: HttpRequest, inspection: JointInspection, *, refused: DomainError | None = None, what: str = "", status: int = 200
) -> HttpResponse:
    inspection.refresh_from_db()
    record = record_of(inspection)
    if record.get("past"):
        return render(request, "boundaries/inspection_past.html", {"inspection": inspection, "record": record}, status=status)
    user = request.user
    digest = record.get("digest") or digest_of(record)
    sides = record["inspection"]["sides"]
    signatures = {one.side_id: one for one in inspection.signatures.filter(revoked_at=None).select_related("signed_by")}
    fillable = inspection.state in _KEYED_STATES
    arranges = policies.may_arrange_inspection(user, inspection)
    fills = policies.may_fill_inspection(user, inspection)
    paper = policies.may_enter_paper_signature(user, inspection)
    ready = not blocks(inspection_signing.obstacles(record)) and not open_disagreements(record)
    speaks = [side for side in sides if policies.may_speak_for_side(user, inspection, side["id"])]
    members = list(inspection.members.select_related("user"))
    may_team = arranges and fillable
    context: dict[str, Any] = {
        "inspection": inspection,
        "record": record,
        "line": record["line"],
        "sides": sides,
        "may_line": policies.may_view_line(user, inspection.line_id),
        "digest": digest,
        "state_chip": STATE_CHIPS[inspection.state],
        "occurrence": OccurrenceKind(inspection.occurrence).label if inspection.occurrence else "",
        "members": [(side, [one for one in members if one.side_id == side["id"]]) for side in sides],
        "has_members": bool(members),
        "nobody": (),
        "typed_people": {int(one) for one in request.POST.getlist("people") if one.isascii() and one.isdigit()} if refused else (),
        "accounts": inspection_tasks.accounts_of(inspection) if may_team else {},
        "tasks": inspection_tasks.context_of(inspection, record, members),
        "markers": [_marker(one) for one in record["markers"]],
        "visited": sum(bool(one["visits"]) for one in record["markers"]),
        "coverage": record["coverage"],
        "gaps": _gaps(record["coverage"]),
        "groups": [_group(group, record["content"].get(group.key)) for group in GROUPS],
        "answers": [(key.value, pick(*words)) for key, words in ANSWERS.items()],
        "opinions": inspection.opinions.select_related("made_by", "settled_by"),
        "open_opinions": len(open_disagreements(record)),
        "signing": [
            {
                "side": side,
                "signature": signatures.get(side["id"]),
                "stale": side["id"] in signatures and signatures[side["id"]].digest != digest,
                "may_sign": inspection.state == "reviewing"
                and ready
                and side["id"] not in signatures
                and policies.may_sign_inspection(user, inspection, side["id"]),
                "may_paper": inspection.state == "reviewing" and ready and side["id"] not in signatures and paper,
                "may_withdraw": inspection.state in ("reviewing", "signed")
                and side["id"] in signatures
                and (policies.may_sign_inspection(user, inspection, side["id"]) or paper),
            }
            for side in sides
        ],
        "revoked": inspection.signatures.exclude(revoked_at=None).select_related("signed_by").order_by("-revoked_at")[:10],
        "side_names": {side["id"]: side["name"] for side in sides},
        "obstacles": [] if inspection.state == "filed" else _words(inspection_signing.obstacles(record)),
        "basis": [
            (pick(*words), kind in record["basis"])
            for kind, words in BASIS_DOCUMENTS.items()
            if kind != "report" or inspected_before(inspection)
        ],
        "lacks_basis": _words(check_basis(record["basis"], inspected_before=inspected_before(inspection))),
        "steps": [
            step
            for step in edges_from(inspection.state)
            if step.role in (Role.PLANNER, Role.FIELD)
            and step.action is not Action.FILE
            and (arranges if step.role is Role.PLANNER else fills)
        ],
        "may_file": inspection.state == "signed" and arranges,
        "may_arrange": arranges and inspection.state in ARRANGING,
        "may_team": may_team,
        "may_fill": fills and fillable,
        "speaks": speaks if inspection.state in ("in_field", "reviewing", "signed") else [],
        "speaks_ids": [side["id"] for side in speaks],
        "events": [(one, EVENTS.get(one.action, one.action)) for one in inspection.events.select_related("actor")],
        "revoked_now": inspection.state == "reviewing" and _last_was_change(inspection),
        "today": timezone.localdate(),
        "refused": refused,
        "what": what,
        "typed": request.POST if refused else {},
    }
    return render(request, "boundaries/inspection.html", context, status=status)


def _last_was_change(inspection: JointInspection) -> str:
    """Why signatures were revoked, while nobody has signed again."""
    last = inspection.events.order_by("-pk").first()
    return last.note if last is not None and last.action == Action.CHANGED else ""


def _words(findings: Any) -> list[tuple[str, str, str]]:
    return [(one.rule, one.severity.value, pick(one.message_zh, one.message_en)) for one in findings]


def _position(marker: Mapping[str, Any], visit: Mapping[str, Any]) -> dict[str, Any] | None:
    """BND-STK-05: how far from the registered place the finding was made, and what the office's tolerance says of it."""
    if not marker["place"] or not visit["place"]:
        return None
    metres = distance_m(marker["place"], visit["place"])[0]
    return {
        "metres": metres,
        "accuracy_m": visit["accuracy_m"],
        "findings": [one.as_dict() for one in check_position(marker["number"], metres, settings.MARKER_TOLERANCE_M)],
    }


def _marker(one: dict[str, Any]) -> dict[str, Any]:
    return one | {
        "words": CONDITIONS.get(one["condition"], ""),
        "chip": CONDITION_CHIPS.get(one["condition"], "missing"),
        "visits": [
            visit
            | {
                "words": CONDITIONS.get(visit["condition"], ""),
                "chip": CONDITION_CHIPS.get(visit["condition"], "missing"),
                "answers": [
                    (label, CHECK_ANSWERS.get(visit["checks"].get(key)), visit["checks"].get(key)) for key, label in CHECKS.items()
                ],
                "done_words": [DONE.get(key, key) for key in visit["done"]],
                "position": _position(one, visit),
                "moment": parse_datetime(visit["visited_at"]) if visit["visited_at"] else None,
            }
            for visit in one["visits"]
        ],
        "custodian": next((side["name"] for side in one["sides"] if side["custodian"]), ""),
        "task_ids": [person["id"] for person in one.get("task", {}).get("people", ())],
    }


def _group(group: Any, given: dict[str, Any] | None) -> dict[str, Any]:
    answer = (given or {}).get("answer", "")
    words = next((pick(*words) for key, words in ANSWERS.items() if key == answer), "")
    at = parse_datetime(given["at"]) if given and given.get("at") else None
    chips = {"clear": "met", "found": "near", "none_here": "neutral"}
    chip = chips.get(answer, "missing")
    return {"group": group, "title": pick(group.zh, group.en), "given": given, "words": words, "chip": chip, "given_at": at}


def _gaps(coverage: dict[str, Any]) -> list[tuple[float, float]]:
    """What no track covers; shorter than 30 m is the noise of two tracks that meet."""
    if coverage["from_m"] is None:
        return []
    at, gaps = coverage["from_m"], []
    for low, high in coverage["spans"]:
        if low - at > 30:
            gaps.append((at, low))
        at = max(at, high)
    if coverage["to_m"] - at > 30:
        gaps.append((at, coverage["to_m"]))
    return gaps


# --- what is done ---------------------------------------------------------------------------------------------------------------


def _arrange(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.arrange(
        actor,
        inspection,
        posted.number("version"),
        starts_on=posted.day("starts_on"),
        ends_on=posted.day("ends_on"),
        tolerance_m=posted.metres("tolerance_m"),
    )


def _member(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.add_member(
        actor,
        inspection,
        posted.number("version"),
        side=posted.number("side"),
        name=posted.text("name"),
        duty=posted.text("duty"),
        phone=posted.text("phone"),
        leads=posted.flag("leads"),
        account=posted.optional_number("account"),
    )


def _member_out(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.remove_member(actor, inspection, posted.number("version"), posted.number("member"))


def _content(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.answer_content(
        actor, inspection, posted.number("version"), posted.text("group"), posted.text("answer"), posted.text("text")
    )


def _step(actor: User, inspection: JointInspection, posted: Posted) -> None:
    action = posted.text("action")
    if action not in set(Action):
        raise NotFoundError("unknown_step", _("没有这一步。"))
    inspections.take_step(actor, inspection, posted.number("version"), Action(action), note=posted.text("note"))


def _opinion(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspection_signing.say(
        actor,
        inspection,
        posted.number("version"),
        side=posted.number("side"),
        text=posted.text("text"),
        about=posted.text("about"),
        agrees=posted.flag("agrees"),
    )


def _settle(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspection_signing.settle(actor, inspection, posted.number("version"), posted.number("opinion"), posted.text("settlement"))


def _sign(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspection_signing.sign(
        actor,
        inspection,
        posted.number("version"),
        side=posted.number("side"),
        name=posted.text("name"),
        duty=posted.text("duty"),
        digest=posted.text("digest"),
        paper=posted.text("paper"),
    )


def _unsign(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspection_signing.withdraw_signature(
        actor, inspection, posted.number("version"), posted.number("side"), posted.text("because")
    )


def _file(actor: User, inspection: JointInspection, posted: Posted) -> None:
    inspections.file(
        actor,
        inspection,
        posted.number("version"),
        filed_with=posted.text("filed_with"),
        filed_on=posted.day("filed_on"),
        by_all=posted.flag("by_all"),
        note=posted.text("note"),
    )


_Deed = Callable[[User, JointInspection, Posted], None]
_DEEDS: dict[str, tuple[_Deed, str]] = {
    "arrange": (_arrange, ""),
    "member": (_member, "#team"),
    "member-out": (_member_out, "#team"),
    "member-account": (inspection_tasks.link_member, "#team"),
    "stretch": (inspection_tasks.give, "#stretches"),
    "stretch-back": (inspection_tasks.take_back, "#stretches"),
    "marker-task": (inspection_tasks.give_marker, "#markers"),
    "content": (_content, "#content"),
    "step": (_step, ""),
    "opinion": (_opinion, "#opinions"),
    "settle": (_settle, "#opinions"),
    "sign": (_sign, "#signatures"),
    "unsign": (_unsign, "#signatures"),
    "file": (_file, ""),
}


def _form_of(what: str, request: HttpRequest) -> str:
    """Which of several forms of one kind was sent."""
    names = {
        "content": "group", "step": "action", "settle": "opinion", "sign": "side", "unsign": "side", "member": "side",
        "stretch": "stretch", "marker-task": "marker", "member-account": "member",
    }  # fmt: skip
    return f"{what}-{request.POST.get(names[what], '')}" if what in names else what
