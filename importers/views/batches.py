"""Bringing files in: the list with the upload, and one batch on its way."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis.accounts.access import ensure, signed_in
from gis.accounts.models import User
from gis.errors import DomainError, InvalidInputError
from gis.files import services as files
from gis.files import uploads
from gis.files.models import StoredFile
from gis.jobs.models import JobState
from importers.models import BatchState, Outcome, StagedBatch
from importers.policies import may_bring_files, may_see_batch, may_see_imports
from importers.rules.batch_states import actions_from
from importers.services import staging, staging_repair
from importers.targets import all_targets, target_of
from importers.views.preview import rows_shown
from importers.views.topology import topology_shown

PER_PAGE: Final = 30
CHIPS: Final = {
    "received": "waiting",
    "unreadable": "failed",
    "inspected": "needs_person",
    "prepared": "needs_person",
    "checked": "info",
    "committed": "done",
    "undone": "neutral",
    "discarded": "neutral",
}
ENCODINGS: Final = ("utf-8", "gb18030", "big5", "utf-16")
ORDER: Final = ("received", "inspected", "prepared", "checked", "committed")


@login_required
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """POST with a file, or with `stored`, the number of one that came in chunks: its batch."""
    ensure(may_see_imports(request.user))
    actor = signed_in(request)
    refused = None
    if request.method == "POST":
        ensure(may_bring_files(actor))
        try:
            batch, is_new = staging.bring(actor, _brought(request, actor))
        except DomainError as refusal:
            refused = refusal
        else:
            if not is_new:
                messages.info(request, _("这个文件已经带入过，这里是原来的那一次。需要另作他用时，点“同一文件另行导入”。"))
            return redirect("import-batch", batch.pk)
    page = Paginator(staging.visible(actor), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [(batch, CHIPS[batch.state], _title(batch)) for batch in page],
        "unfinished": [(one, uploads.status(one)) for one in uploads.unfinished(actor, staging.PURPOSE)],
        "refused": refused,
        "targets": [target for target in all_targets() if target.may_use(actor)],
    }
    return render(request, "importers/imports.html", context, status=refused.status if refused else 200)


def _brought(request: HttpRequest, actor: User) -> StoredFile:
    number = request.POST.get("stored", "")
    if number:
        key = int(number) if number.isascii() and number.isdigit() and len(number) < 19 else 0
        found = StoredFile.objects.filter(pk=key, purpose=staging.PURPOSE, uploader=actor).first()
        if found is None:
            raise InvalidInputError("file_gone", _("找不到刚才上传的文件，请重新选择。"))
        return found
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInputError("file_missing", _("请选择一个文件。"))
    if not upload.size:
        raise InvalidInputError("empty_file", _("文件“%(name)s”是空的。") % {"name": upload.name or ""})
    return files.store(upload, name=upload.name or "", purpose=staging.PURPOSE, actor=actor)


@login_required
@require_safe
def import_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """The page; with ``?part=progress`` the part that is polled while the worker is at it."""
    batch = batch_of(request, pk)
    if request.GET.get("part") == "progress":
        if not batch.is_busy:
            return HttpResponse(status=204, headers={"HX-Refresh": "true"})
        return render(request, "importers/parts/progress.html", {"batch": batch, "job": batch.job})
    return shown(request, batch)


def shown(request: HttpRequest, batch: StagedBatch, refused: DomainError | None = None) -> HttpResponse:
    target, actor = target_of(batch.target), signed_in(request)
    inspection, busy = {} if batch.is_outdated else batch.inspection or {}, batch.is_busy
    may = actions_from(batch.state) if not busy and (target is None or target.may_use(actor)) else frozenset()
    context: dict[str, Any] = {
        "batch": batch,
        "job": batch.job,
        "busy": busy,
        "chip": CHIPS[batch.state],
        "target": target,
        "may": may,
        "steps": _steps(batch),
        "inspection": inspection,
        "facts": _facts(inspection),
        "layer": {} if batch.is_outdated else staging.layer_of(batch),
        "refused": refused,
        "failed": batch.message or (batch.job.message if batch.job and batch.job.state == JobState.FAILED else ""),
        "refusal": _refusal(batch),
    }
    if batch.is_outdated:
        may -= {"commit", "check", "choose", "edit", "repair", "set_up"}
    if batch.state == BatchState.INSPECTED and not busy and not batch.is_outdated:
        context |= _choice(request, batch, actor)
    if not busy and batch.state in {BatchState.PREPARED, BatchState.CHECKED, BatchState.COMMITTED, BatchState.UNDONE}:
        context |= rows_shown(request, batch) | topology_shown(request, batch)
    if batch.state == BatchState.COMMITTED and target is not None and not busy:
        context |= {"obstacles": target.obstacles(batch.reference), "link": target.link(batch.reference)}
    return render(request, "importers/batch.html", context, status=refused.status if refused else 200)


def _refusal(batch: StagedBatch) -> dict[str, Any]:
    """What the last step's refusal told beside its sentence, outcomes in words."""
    if not batch.message:
        return {}
    told = dict((batch.verdict or {}).get("refusal", {}))
    told["rows"] = [
        {"row": one["row"], "was": Outcome(one["was"]).label, "now": Outcome(one["now"]).label} for one in told.get("rows", ())
    ]
    return told


def _steps(batch: StagedBatch) -> list[tuple[str, str]]:
    """(words, done | now | "") of the way through."""
    words = [_("识别"), _("用途与字段"), _("检查与预览"), _("导入")]
    at = {"received": 0, "unreadable": 0, "inspected": 1, "prepared": 2, "checked": 2, "committed": 4, "undone": 4}.get(
        batch.state, 0
    )
    return [(word, "done" if index < at else "now" if index == at else "") for index, word in enumerate(words)]


def _facts(inspection: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was recognised, each with its evidence in the reader's language."""
    if not inspection:
        return []
    english = (get_language() or "").startswith("en")
    words = "message_en" if english else "message"
    encoding, crs = inspection["encoding"], inspection["crs"]
    sure = {"certain": ("met", _("确定")), "likely": ("met", _("很可能")), "possible": ("near", _("可能，请确认"))}
    unsure = ("needs_person", _("无法判定"))
    facts = []
    if encoding["name"]:
        facts.append(("编码", encoding["name"], sure.get(encoding["certainty"], unsure), encoding["evidence"]))
    if any(layer.get("geometry") for layer in inspection["layers"]):
        others = [one["name_en" if english else "name"] for one in crs["alternatives"]]
        name = (crs["name_en"] if english else crs["name"]) or " / ".join(others) or "—"
        facts.append(("坐标系", name, sure.get(crs["certainty"], unsure), crs["evidence"]))
    titles = {"编码": _("编码"), "坐标系": _("坐标系")}
    return [
        {"title": titles[title], "value": value, "chip": chip, "sure": said, "evidence": [one[words] for one in evidence]}
        for title, value, (chip, said), evidence in facts
    ]


def _choice(request: HttpRequest, batch: StagedBatch, actor: User) -> dict[str, Any]:
    """The form of the next decision: what the file is, or how its columns are to be read."""
    target = target_of(batch.target)
    given = request.POST if request.method == "POST" else {}
    layers = staging.layers_of(batch)
    offered = [one for one in all_targets() if one.may_use(actor) and any(map(one.takes, layers))]
    context: dict[str, Any] = {"offered": offered, "encodings": ENCODINGS, "layers": layers}
    if target is None or batch.read_as != batch.wanted:
        return context
    layer = staging.layer_of(batch)
    options = []
    for option in target.options_for(actor, layer):
        value = given.get(f"option-{option.key}", batch.options.get(option.key, option.default))
        options.append({"option": option, "value": value})
    mapping, remembered = staging.proposal(batch, {one["option"].key: one["value"] for one in options})
    mapping = batch.mapping or mapping
    samples = {name: "、".join(_samples(layer, name)) for name in staging.columns_of(batch)}
    return context | {
        "options": options,
        "roles": [
            {
                "role": role,
                "value": given.get(f"role-{role.key}", mapping.get(role.key, "")),
                "sample": samples.get(mapping.get(role.key, ""), ""),
            }
            for role in target.roles
        ],
        "columns": list(samples.items()),
        "remembered": remembered and not batch.mapping,
        "has_shapes": bool(layer.get("geometry")) and any(one["option"].key == "crs" for one in options),
    }


def _samples(layer: Mapping[str, Any], name: str) -> list[str]:
    found = dict.fromkeys(str(row.get(name, "")) for row in layer.get("sample", ()))
    return [text[:20] for text in found if text][:3]


@login_required
@require_POST
def import_choose(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    given = request.POST
    return _after(
        request,
        batch,
        lambda actor: staging.choose(actor, batch, given.get("target", ""), given.get("layer", ""), given.get("encoding", "")),
    )


@login_required
@require_POST
def import_set_up(request: HttpRequest, pk: int) -> HttpResponse:
    batch = batch_of(request, pk)
    options = {key.removeprefix("option-"): str(value) for key, value in request.POST.items() if key.startswith("option-")}
    mapping = {key.removeprefix("role-"): str(value) for key, value in request.POST.items() if key.startswith("role-")}
    return _after(request, batch, lambda actor: staging.set_up(actor, batch, options, mapping))


@login_required
@require_POST
def import_step(request: HttpRequest, pk: int) -> HttpResponse:
    """`step`: inspect, check, commit, undo, discard, again."""
    batch = batch_of(request, pk)
    deeds = {
        "inspect": staging.inspect,
        "check": staging.check,
        "commit": staging.commit,
        "undo": staging.undo,
        "discard": staging.discard,
        "again": staging.once_more,
    }
    deed = deeds.get(request.POST.get("step", ""))
    if deed is None:
        raise InvalidInputError("unknown_step", _("没有这一步。"))
    return _after(request, batch, lambda actor: deed(actor, batch))


@login_required
@require_POST
def import_repair(request: HttpRequest, pk: int) -> HttpResponse:
    """`deed`: preview (with `distance` and `kind`s), adopt (with `repair`), withdraw."""
    batch, given = batch_of(request, pk), request.POST
    text = given.get("repair", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0
    deeds: dict[str, Callable[[User], StagedBatch]] = {
        "preview": lambda actor: staging_repair.ask(actor, batch, given.get("distance", ""), given.getlist("kind")),
        "adopt": lambda actor: staging_repair.adopt(actor, batch, number),
        "withdraw": lambda actor: staging_repair.withdraw(actor, batch),
    }
    deed = deeds.get(given.get("deed", ""))
    if deed is None:
        raise InvalidInputError("unknown_step", _("没有这一步。"))
    return _after(request, batch, deed)


def _after(request: HttpRequest, batch: StagedBatch, deed: Any) -> HttpResponse:
    try:
        result = deed(signed_in(request))
    except DomainError as refusal:
        if refusal.status == 403:
            raise
        batch.refresh_from_db()
        return shown(request, batch, refusal)
    if result.pk != batch.pk and request.POST.get("step") != "again":
        messages.info(request, _("同一文件已按同样的用途和选项带入过，这里是原来的那一次。"))
    return redirect("import-batch", result.pk)


def batch_of(request: HttpRequest, pk: int) -> StagedBatch:
    batch = get_object_or_404(StagedBatch.objects.select_related("file", "owner", "job", "committed_by", "undone_by"), pk=pk)
    ensure(may_see_batch(request.user, batch))
    return batch


def _title(batch: StagedBatch) -> str:
    target = target_of(batch.target)
    return str(target.title) if target else ""
