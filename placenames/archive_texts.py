"""Published texts, documents, photos and recordings of a name, as its reader may see them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse

from placenames.archive_subject import Subject
from placenames.models import ArchiveDocument, ArchiveMedia, ArchiveState, ArchiveText, DocumentKind, MediaKind, TextKind
from placenames.rules.archive_fields import Audience, seen


@dataclass(frozen=True)
class ToldDocument:
    """`url`: the document itself, where it may be read."""

    values: dict[str, Any]
    kind_words: str
    pages: str = ""
    url: str = ""

    @property
    def words(self) -> str:
        """责任者．题名．出版单位，年份（档号）．"""
        told = self.values
        imprint = "，".join(str(told.get(name, "")) for name in ("publisher", "year") if told.get(name))
        parts = [told.get("author", ""), told.get("title", ""), imprint, told.get("call_number", "")]
        return "．".join(part for part in parts if part)


@dataclass(frozen=True)
class ToldText:
    kind: str
    label: str
    body: str
    updated: datetime
    number: int
    citations: list[ToldDocument] = field(default_factory=list)


@dataclass(frozen=True)
class ToldMedia:
    values: dict[str, Any]
    url: str
    small: str
    updated: datetime


def texts_of(subject: Subject) -> list[ToldText]:
    """The published ones, in the order of `TextKind`."""
    if subject.place is None:
        return []
    rows = ArchiveText.objects.filter(place=subject.place, state=ArchiveState.PUBLISHED).prefetch_related("citations__document")
    order = {kind: at for at, kind in enumerate(TextKind.values)}
    return [told_text(one, subject.audience) for one in sorted(rows, key=lambda one: order[one.kind])]


def told_text(text: ArchiveText, audience: Audience) -> ToldText:
    cited = [told_document(one.document, audience, one.pages) for one in text.citations.all()]
    updated = text.reviewed_at or text.changed_at
    return ToldText(text.kind, str(TextKind(text.kind).label), text.body, updated, text.number, cited)


def told_document(document: ArchiveDocument, audience: Audience, pages: str = "") -> ToldDocument:
    fields = ("title", "author", "publisher", "year", "call_number", "informant")
    values = seen("document", {name: getattr(document, name) for name in fields}, audience)
    shown = document.file_id is not None and (document.file_open or audience >= Audience.KEEPER)
    url = reverse("archive-document", args=[document.pk]) if shown else ""
    return ToldDocument(values, str(DocumentKind(document.kind).label), pages, url)


def documents_of(texts: list[ToldText]) -> list[tuple[ToldDocument, list[tuple[str, str]]]]:
    """Every document once, with (what of the page it bears out, pages)."""
    found: dict[str, tuple[ToldDocument, list[tuple[str, str]]]] = {}
    for text in texts:
        for one in text.citations:
            found.setdefault(one.words, (one, []))[1].append((text.label, one.pages))
    return list(found.values())


def media_of(subject: Subject) -> tuple[list[ToldMedia], list[ToldMedia]]:
    """(photos, recordings) that are published."""
    if subject.place is None:
        return [], []
    rows = ArchiveMedia.objects.filter(place=subject.place, state=ArchiveState.PUBLISHED).order_by("file_id")
    photos: list[ToldMedia] = []
    audio: list[ToldMedia] = []
    for one in rows:
        (photos if one.kind == MediaKind.PHOTO else audio).append(told_media(one, subject.audience))
    return photos, audio


def told_media(one: ArchiveMedia, audience: Audience) -> ToldMedia:
    credit = one.credit if one.credit_open or audience >= Audience.KEEPER else ""
    told = {"caption": one.caption, "taken": one.taken, "seconds": one.seconds, "credit": credit, "licence": one.licence}
    values = seen("media", told, audience)
    url = reverse("archive-media", args=[one.pk, "large"])
    small = reverse("archive-media", args=[one.pk, "small"]) if one.small_id else url
    return ToldMedia(values, url, small, one.reviewed_at or one.changed_at)
