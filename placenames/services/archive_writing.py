"""Writing what is told of a name: drafts with their sources, the way to the public page, taking down again.

Every deed is one transaction, permitted by a named policy and in the trail. Nothing published is overwritten.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import CharField, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, ForbiddenError, InvalidInputError
from gis.files import services as files
from gis.files import sniff
from placenames import policies
from placenames.archive_subject import Subject
from placenames.models import ArchiveDocument, ArchiveMedia, ArchiveState, ArchiveText, Citation, DocumentKind, PlaceName, TextKind
from placenames.rules.archive_states import OPEN_STATES, By, State, Step, edge_for
from placenames.services.archive_areas import area_of

LONGEST_TEXT: Final = 8000
_LENGTHS: Final = {
    one.name: one.max_length for one in ArchiveDocument._meta.fields if isinstance(one, CharField) and one.max_length
}
DOCUMENT_PURPOSE: Final = "archive_document"


@dataclass(frozen=True)
class Cited:
    document: int
    pages: str = ""


@transaction.atomic
def place_of(actor: User, subject: Subject) -> PlaceName:
    """The place of a subject; for a division that nobody has written of yet, one is made."""
    ensure(policies.may_write_archive(actor, subject.area))
    if subject.place is not None:
        return subject.place
    return PlaceName.objects.get_or_create(division=subject.division)[0]


@transaction.atomic
def save_text(
    actor: User, place: PlaceName, kind: str, body: str, cited: Sequence[Cited], *, seen: int = 0, based_on: int | None = None
) -> ArchiveText:
    """Begins a draft (`seen` 0) or saves one, `seen` its version as the writer saw it. `based_on`: the published text it changes.

    Raises `InvalidInputError`, `ForbiddenError`, and `ConflictError`: text_changed (somebody else saved in the meantime; `theirs`
    is what stands there), text_under_review, text_moved_on (the published text was replaced since).
    """
    area = area_of(place)
    ensure(policies.may_write_archive(actor, area))
    written = _checked(kind, body)
    documents = _documents(cited)
    PlaceName.objects.select_for_update().get(pk=place.pk)
    held = ArchiveText.objects.filter(place=place, kind=kind, state__in=OPEN_STATES).first()
    if held is None:
        held = _begin(actor, place, kind, written, seen, based_on)
        before: dict[str, Any] | None = None
    else:
        before = {"body": held.body}
        _ensure_mine_is_newest(held, seen)
        held.body, held.version, held.changed_by, held.changed_at = written, held.version + 1, actor, timezone.now()
        held.save(update_fields=["body", "version", "changed_by", "changed_at"])
        held.citations.all().delete()
    Citation.objects.bulk_create(
        Citation(text=held, document_id=one.document, pages=one.pages, order=at) for at, one in enumerate(documents)
    )
    audit.record(
        actor=actor,
        action="archive.text.save",
        target=place,
        label=_label(held),
        area=area.pk if area else None,
        before=before,
        after={"body": written, "citations": len(documents)},
    )
    return held


def _checked(kind: str, body: str) -> str:
    wrong = {}
    written = plain_text(body)
    if kind not in TextKind.values:
        wrong["kind"] = [_("没有这个栏目。")]
    if not written:
        wrong["body"] = [_("正文是空的。")]
    if len(written) > LONGEST_TEXT:
        wrong["body"] = [_("正文有 %(count)d 字，最多 %(most)d 字。") % {"count": len(written), "most": LONGEST_TEXT}]
    if wrong:
        raise InvalidInputError("bad_text", next(iter(wrong.values()))[0], wrong)
    return written


def plain_text(text: str) -> str:
    """Lines of characters and nothing that steers a screen: control and direction characters go, line ends are one kind."""
    lines = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(one for one in lines if one == "\n" or unicodedata.category(one) not in {"Cc", "Cf", "Cs", "Co"}).strip()


def _documents(cited: Sequence[Cited]) -> list[Cited]:
    known = set(ArchiveDocument.objects.filter(pk__in=[one.document for one in cited]).values_list("pk", flat=True))
    if any(one.document not in known for one in cited):
        raise InvalidInputError("unknown_document", _("有的文献没有登记。"), {"document": [_("有的文献没有登记。")]})
    return [Cited(one.document, plain_text(one.pages)[:60]) for one in cited]


def _begin(actor: User, place: PlaceName, kind: str, body: str, seen: int, based_on: int | None) -> ArchiveText:
    if seen:
        raise ConflictError("text_changed", _("这份草稿已由他人提交公开或作废，请重新打开。"), theirs="")
    published = ArchiveText.objects.filter(place=place, kind=kind, state=ArchiveState.PUBLISHED).first()
    if (published.pk if published else None) != based_on:
        theirs = published.body if published else ""
        raise ConflictError("text_moved_on", _("您动笔之后，公开的文字已由他人更换，请对照后再改。"), theirs=theirs)
    number = (ArchiveText.objects.filter(place=place, kind=kind).aggregate(last=Max("number"))["last"] or 0) + 1
    return ArchiveText.objects.create(
        place=place, kind=kind, number=number, body=body, based_on=published, made_by=actor, changed_by=actor
    )


def _ensure_mine_is_newest(held: ArchiveText, seen: int) -> None:
    if held.state == ArchiveState.SUBMITTED:
        raise ConflictError("text_under_review", _("这份草稿正在审核，先收回再改。"), theirs=held.body)
    if held.version != seen:
        who = str(held.changed_by) if held.changed_by else ""
        raise ConflictError("text_changed", _("%(who)s刚才也保存了这份草稿，请对照后再存。") % {"who": who}, theirs=held.body)


# --- steps, the same for texts and media ------------------------------------------------------------------------------


@transaction.atomic
def take_step(
    actor: User, thing: ArchiveText | ArchiveMedia, step: str, *, seen: int, note: str = ""
) -> ArchiveText | ArchiveMedia:
    """Raises `ForbiddenError` (also for one's own text, own_work), `ConflictError`, `InvalidInputError` (a reason or a source is
    missing).
    """
    area = area_of(thing.place)
    PlaceName.objects.select_for_update().get(pk=thing.place_id)
    held = type(thing).objects.select_for_update(of=("self",)).get(pk=thing.pk)
    edge = edge_for(held.state, step, roles(actor, held, area))
    if edge is None:
        _refuse(actor, held, step, area)
        raise AssertionError("refused above")
    if held.version != seen:
        raise ConflictError("text_changed", _("它刚才变了，请重新打开后再办。"), theirs="")
    words = plain_text(note)[:500]
    if edge.needs_note and not words:
        raise InvalidInputError("reason_missing", _("请写明理由。"), {"note": [_("请写明理由。")]})
    if step == Step.SUBMIT and isinstance(held, ArchiveText) and not held.citations.exists():
        raise InvalidInputError("source_missing", _("请先注明出处：至少一份文献，能写页码的写页码。"))
    before = held.state
    if edge.target == State.PUBLISHED:
        _make_way(held, step)
    held.state, held.note, held.version = edge.target.value, words, held.version + 1
    if edge.by == By.REVIEWER:
        held.reviewed_by, held.reviewed_at = actor, timezone.now()
    held.save()
    audit.record(
        actor=actor,
        action="archive.step",
        target=held.place,
        label=_label(held),
        area=area.pk if area else None,
        before={"state": before},
        after={"state": held.state},
        reason=words,
    )
    return held


def roles(actor: User, thing: ArchiveText | ArchiveMedia, area: Division | None) -> frozenset[By]:
    """What the person is to this thing; nobody reviews what they wrote or changed."""
    found = set()
    if policies.may_write_archive(actor, area):
        found.add(By.KEEPER)
    if policies.may_review_archive(actor, area) and actor.pk not in (thing.made_by_id, thing.changed_by_id):
        found.add(By.REVIEWER)
    return frozenset(found)


def _refuse(actor: User, held: ArchiveText | ArchiveMedia, step: str, area: Division | None) -> None:
    ensure(policies.may_view_archive_room(actor, area))
    if edge_for(held.state, step, frozenset(By)) is None:
        raise ConflictError("state_changed", _("它的状态已经变了，请刷新页面。"), theirs="")
    if policies.may_review_archive(actor, area):
        raise ForbiddenError("own_work", _("自己写的要由别人审核。"))
    ensure(False)


def _make_way(held: ArchiveText | ArchiveMedia, step: str) -> None:
    """Of one kind of text, and of one photo, a single version is public."""
    same = {"place": held.place, "kind": held.kind} if isinstance(held, ArchiveText) else {"item": held.item}
    others = type(held).objects.filter(**same, state=ArchiveState.PUBLISHED).exclude(pk=held.pk)
    if step == Step.RESTORE and others.exists():
        raise ConflictError("text_moved_on", _("已有新的公开稿，请以旧稿另起草稿。"), theirs="")
    others.update(state=ArchiveState.REPLACED)


def _label(thing: ArchiveText | ArchiveMedia) -> str:
    return str(TextKind(thing.kind).label) if isinstance(thing, ArchiveText) else thing.caption


# --- documents --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class DocumentEntry:
    kind: str
    title: str
    author: str = ""
    publisher: str = ""
    year: str = ""
    call_number: str = ""
    informant: str = ""
    file_open: bool = False


@transaction.atomic
def add_document(actor: User, area: Division | None, entry: DocumentEntry, upload: UploadedFile | None = None) -> ArchiveDocument:
    """A document that texts can cite. A file for everybody has to be a PDF: photos and office files tell more than they show."""
    ensure(policies.may_write_archive(actor, area))
    values = {name: plain_text(value) for name, value in entry.__dict__.items() if isinstance(value, str)}
    wrong = {}
    if not values["title"]:
        wrong["title"] = [_("请写题名。")]
    if values["kind"] not in DocumentKind.values:
        wrong["kind"] = [_("请选择文献类别。")]
    for name, value in values.items():
        most = _LENGTHS[name]
        if len(value) > most:
            wrong[name] = [_("最多 %(most)d 字。") % {"most": most}]
    if wrong:
        raise InvalidInputError("bad_document", next(iter(wrong.values()))[0], wrong)
    number = area.pk if area else None
    stored = (
        files.store(upload, name=upload.name or "", purpose=DOCUMENT_PURPOSE, actor=actor, area=number)
        if upload is not None
        else None
    )
    if entry.file_open and stored is not None and stored.media_type != sniff.PDF:
        raise InvalidInputError("open_file_not_pdf", _("要公开的文件请用 PDF。"), {"file": [_("要公开的文件请用 PDF。")]})
    document = ArchiveDocument.objects.create(
        **values, file=stored, file_open=entry.file_open and stored is not None, area=area, made_by=actor
    )
    audit.record(
        actor=actor, action="archive.document", target=document, label=document.title, area=number, after={"kind": document.kind}
    )
    return document
