"""The office's side of the archive: writing, reviewing, photos, documents, suggestions, collections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from boundaries.models import Division
from boundaries.views.form_reading import Posted
from gis.accounts.access import ensure, signed_in
from gis.accounts.models import User
from gis.errors import ConflictError, DomainError, InvalidInputError, NotFoundError
from gis.views.forms import attempt
from placenames import policies
from placenames.archive_room import MEDIA_WORDS, documents_for, room_of, waiting
from placenames.archive_subject import Moved, Subject, find_subject
from placenames.models import (
    ArchiveMedia,
    ArchiveState,
    ArchiveText,
    DocumentKind,
    MediaKind,
    MergedName,
    NameRelation,
    PlaceName,
    Suggestion,
    TextKind,
)
from placenames.rules.addresses import read_key
from placenames.rules.archive_states import OPEN_STATES, Step
from placenames.rules.differences import differences
from placenames.services import archive_media, archive_writing, name_collections, suggestions
from placenames.services.archive_media import Told
from placenames.services.archive_writing import Cited, DocumentEntry

# Offered; others may be written.
LICENCES = (gettext_lazy("版权所有，经同意展示"), "CC BY 4.0", "CC BY-SA 4.0", "CC0 1.0", gettext_lazy("本单位拍摄"))


@login_required
@require_safe
def archive(request: HttpRequest) -> HttpResponse:
    """/archive/: what waits."""
    ensure(policies.may_view_archive(request.user))
    return render(request, "placenames/archive.html", {"told": waiting(signed_in(request))})


@login_required
@require_safe
def room(request: HttpRequest, key: str) -> HttpResponse:
    subject = _subject(request, key)
    return _show(request, subject) if isinstance(subject, Subject) else subject


@login_required
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, key: str, kind: str) -> HttpResponse:
    """/archive/KEY/text/KIND/ ?from=TEXT (an older version to begin from) ?suggestion=NUMBER"""
    subject = _subject(request, key)
    if not isinstance(subject, Subject):
        return subject
    ensure(policies.may_write_archive(request.user, subject.area))
    if kind not in TextKind.values:
        raise NotFoundError("unknown_kind", _("没有这个栏目。"))
    if request.method != "POST":
        return _form(request, subject, kind)
    actor, posted = signed_in(request), Posted(request.POST)
    with attempt() as tried:
        place = archive_writing.place_of(actor, subject)
        cited = _cited(request, actor, subject, posted)
        held = archive_writing.save_text(
            actor,
            place,
            kind,
            request.POST.get("body", ""),
            cited,
            seen=posted.number("seen"),
            based_on=posted.optional_number("based_on"),
        )
        if posted.text("suggestion"):
            suggestions.bind_draft(suggestions.find(posted.text("suggestion")), held)
        if posted.flag("submit"):
            archive_writing.take_step(actor, held, Step.SUBMIT, seen=held.version)
    if tried.refused is not None:
        return _form(request, subject, kind, refused=tried.refused)
    messages.success(request, _("已提交审核。") if posted.flag("submit") else _("草稿已保存。"))
    return redirect("archive-room", subject.key)


@login_required
@require_http_methods(["GET", "POST"])
def media(request: HttpRequest, key: str, pk: int) -> HttpResponse:
    """/archive/KEY/media/PK/: caption, credit, licence and time of a photo or recording, said anew."""
    subject = _subject(request, key)
    if not isinstance(subject, Subject):
        return subject
    ensure(policies.may_write_archive(request.user, subject.area))
    held = get_object_or_404(ArchiveMedia.objects.select_related("place", "based_on"), pk=pk, place=subject.place)
    refused: DomainError | None = None
    if request.method == "POST":
        actor, posted = signed_in(request), Posted(request.POST)
        try:
            saved = archive_media.save_media(actor, held, told_of(posted), seen=posted.number("seen"))
            if posted.flag("submit"):
                archive_writing.take_step(actor, saved, Step.SUBMIT, seen=saved.version)
        except DomainError as error:
            if error.status == 403:
                raise
            refused = error
        else:
            messages.success(request, _("已提交审核。") if posted.flag("submit") else _("草稿已保存。"))
            return redirect(f"{reverse('archive-room', args=[subject.key])}#media")
    held.refresh_from_db()
    context: dict[str, Any] = {
        "subject": subject,
        "name": subject.name.name,
        "held": held,
        "open": held.state in OPEN_STATES,
        "values": request.POST if refused else {name: getattr(held, name) for name in MEDIA_WORDS},
        "errors": refused.details.get("fields", {}) if refused else {},
        "refused": refused,
        "theirs": refused.details.get("theirs") if isinstance(refused, ConflictError) else "",
        "seen": held.version,
        "licences": LICENCES,
    }
    return render(request, "placenames/archive_media.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def do(request: HttpRequest, key: str, what: str) -> HttpResponse:
    """what: step-text, step-media, media, document, relate, unrelate, merge, unmerge, answer, reopen."""
    subject = _subject(request, key)
    if not isinstance(subject, Subject):
        return subject
    if what not in _DEEDS:
        raise NotFoundError("unknown_step", _("没有这一步。"))
    with attempt() as tried:
        said = _DEEDS[what](signed_in(request), subject, request)
    if tried.refused is not None:
        return _show(request, subject, refused=tried.refused)
    messages.success(request, said)
    return redirect("archive-room", subject.key)


# --- deeds ---------------------------------------------------------------------------------------------------------


def _step(actor: User, thing: ArchiveText | ArchiveMedia, request: HttpRequest) -> str:
    posted = Posted(request.POST)
    archive_writing.take_step(actor, thing, posted.text("step"), seen=posted.number("seen"), note=posted.text("note"))
    return _("已办理。")


def _step_text(actor: User, subject: Subject, request: HttpRequest) -> str:
    return _step(actor, get_object_or_404(ArchiveText, pk=Posted(request.POST).number("id"), place=subject.place), request)


def _step_media(actor: User, subject: Subject, request: HttpRequest) -> str:
    return _step(actor, get_object_or_404(ArchiveMedia, pk=Posted(request.POST).number("id"), place=subject.place), request)


def _media(actor: User, subject: Subject, request: HttpRequest) -> str:
    posted, upload = Posted(request.POST), request.FILES.get("file")
    if upload is None:
        raise InvalidInputError("no_file", _("请选择文件。"), {"file": [_("请选择文件。")]})
    made = archive_media.add_media(actor, archive_writing.place_of(actor, subject), upload, posted.text("kind"), told_of(posted))
    if posted.flag("draft"):
        return _("已加入，存为草稿。")
    archive_writing.take_step(actor, made, Step.SUBMIT, seen=made.version)
    return _("已加入，等待审核。")


def told_of(posted: Posted) -> Told:
    return Told(
        posted.text("caption"), posted.text("credit"), posted.flag("credit_open"), posted.text("licence"), posted.text("taken")
    )


def _document(actor: User, subject: Subject, request: HttpRequest) -> str:
    _add_document(actor, subject, request)
    return _("文献已登记。")


def _relate(actor: User, subject: Subject, request: HttpRequest) -> str:
    posted = Posted(request.POST)
    name_collections.relate(
        actor, archive_writing.place_of(actor, subject), place_by_key(actor, posted.text("origin")), posted.text("note")
    )
    return _("已登记。")


def _unrelate(actor: User, subject: Subject, request: HttpRequest) -> str:
    name_collections.unrelate(actor, get_object_or_404(NameRelation, pk=Posted(request.POST).number("id"), place=subject.place))
    return _("已移除，可重新登记。")


def _merge(actor: User, subject: Subject, request: HttpRequest) -> str:
    """Another name, by its key, turns out to be this one."""
    posted = Posted(request.POST)
    name_collections.merge(
        actor, place_by_key(actor, posted.text("other")), archive_writing.place_of(actor, subject), posted.text("reason")
    )
    return _("已并案，原地址转到本条。")


def _unmerge(actor: User, subject: Subject, request: HttpRequest) -> str:
    posted = Posted(request.POST)
    name_collections.unmerge(
        actor, get_object_or_404(MergedName, pk=posted.number("id"), into=subject.place), posted.text("reason")
    )
    return _("已撤销并案。")


def _answer(actor: User, subject: Subject, request: HttpRequest) -> str:
    posted = Posted(request.POST)
    suggestions.answer(actor, _suggestion(subject, posted), accept=posted.text("how") == "accept", words=posted.text("answer"))
    return _("已答复，读者凭编号可见。")


def _reopen(actor: User, subject: Subject, request: HttpRequest) -> str:
    suggestions.reopen(actor, _suggestion(subject, Posted(request.POST)))
    return _("已撤回答复。")


def _suggestion(subject: Subject, posted: Posted) -> Suggestion:
    about: dict[str, Any] = {"division": subject.division} if subject.division else {"place": subject.place}
    return get_object_or_404(Suggestion, pk=posted.number("id"), **about)


_DEEDS: dict[str, Callable[[User, Subject, HttpRequest], str]] = {
    "step-text": _step_text,
    "step-media": _step_media,
    "media": _media,
    "document": _document,
    "relate": _relate,
    "unrelate": _unrelate,
    "merge": _merge,
    "unmerge": _unmerge,
    "answer": _answer,
    "reopen": _reopen,
}


# --- parts ---------------------------------------------------------------------------------------------------------


def _subject(request: HttpRequest, key: str) -> Subject | HttpResponse:
    found = find_subject(key, request.user)
    if isinstance(found, Moved):
        return redirect("archive-room", found.key)
    ensure(policies.may_view_archive_room(request.user, found.area))
    return found


def place_by_key(actor: User, text: str) -> PlaceName:
    """A name told by its key or the address of its page. Raises `InvalidInputError`."""
    told = read_key(text.rstrip("/").rsplit("/", 1)[-1])
    try:
        found = find_subject(f"{told[0]}{told[1]}{text.rstrip('/')[-1]}", actor) if told else None
    except NotFoundError:
        found = None
    if not isinstance(found, Subject):
        raise InvalidInputError("unknown_name", _("请填地名的编号，例如 P12J；它在该地名网页的地址里。"))
    return found.place or PlaceName.objects.get_or_create(division=found.division)[0]


def _add_document(actor: User, subject: Subject, request: HttpRequest) -> int:
    posted = Posted(request.POST)
    fields = {
        name: posted.text(f"document_{name}") for name in ("title", "author", "publisher", "year", "call_number", "informant")
    }
    entry = DocumentEntry(kind=posted.text("document_kind"), file_open=posted.flag("document_open"), **fields)
    area = Division.objects.filter(pk=subject.area).first() if subject.area is not None else None
    return archive_writing.add_document(actor, area, entry, request.FILES.get("document_file")).pk


def _cited(request: HttpRequest, actor: User, subject: Subject, posted: Posted) -> list[Cited]:
    known = {one.pk for one in documents_for(subject)}
    chosen = [number for number in posted.numbers("document") if number in known]
    cited = [Cited(number, posted.text(f"pages_{number}")) for number in chosen]
    if posted.text("document_title"):
        cited.append(Cited(_add_document(actor, subject, request), posted.text("document_pages")))
    return cited


def _form(request: HttpRequest, subject: Subject, kind: str, *, refused: DomainError | None = None) -> HttpResponse:
    texts = ArchiveText.objects.filter(place=subject.place, kind=kind) if subject.place else ArchiveText.objects.none()
    held = texts.filter(state__in=[str(one) for one in OPEN_STATES]).first()
    published = texts.filter(state=ArchiveState.PUBLISHED).first()
    origin = held or published
    older = request.GET.get("from", "")
    if held is None and older.isascii() and older.isdigit() and len(older) < 18:
        origin = texts.filter(pk=int(older)).first() or origin
    cited = {one.document_id: one.pages for one in origin.citations.all()} if origin else {}
    body = origin.body if origin else ""
    if refused is not None:
        body = request.POST.get("body", "")
        cited = {int(one): request.POST.get(f"pages_{one}", "") for one in request.POST.getlist("document") if one.isdigit()}
    theirs = refused.details.get("theirs") if isinstance(refused, ConflictError) else None
    number = request.GET.get("suggestion", "") or request.POST.get("suggestion", "")
    context: dict[str, Any] = {
        "subject": subject,
        "name": subject.name.name,
        "kind": TextKind(kind),
        "held": held,
        "body": body,
        # After a conflict the newest is what the next saving builds on: the writer has seen it.
        "seen": held.version if held else 0,
        "based_on": published.pk if published and held is None else "",
        "documents": [(one, one.pk in cited, cited.get(one.pk, "")) for one in documents_for(subject)],
        "document_kinds": DocumentKind.choices,
        "refused": refused,
        "pieces": differences(theirs, body) if theirs else None,
        "theirs": theirs,
        "suggestion": _told_suggestion(number),
        "longest": archive_writing.LONGEST_TEXT,
        "typed": request.POST if refused else {},
    }
    return render(request, "placenames/archive_text.html", context, status=refused.status if refused else 200)


def _told_suggestion(number: str) -> Suggestion | None:
    try:
        return suggestions.find(number) if number else None
    except NotFoundError:
        return None


def _show(request: HttpRequest, subject: Subject, *, refused: DomainError | None = None) -> HttpResponse:
    context = {
        "subject": subject,
        "name": subject.name.name,
        "room": room_of(subject, signed_in(request)),
        "may_write": policies.may_write_archive(request.user, subject.area),
        "media_kinds": MediaKind.choices,
        "licences": LICENCES,
        "values": request.POST if refused else {},
        "document_kinds": DocumentKind.choices,
        "refused": refused,
    }
    return render(request, "placenames/archive_room.html", context, status=refused.status if refused else 200)
