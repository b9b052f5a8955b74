"""The addresses of the place-name archive, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from typing import Any

from gis.accounts.models import Duty
from gis.files.services import store
from placenames.models import ArchiveDocument, ArchiveMedia, ArchiveText, Citation, NameCollection, PlaceName
from placenames.rules.addresses import key_of
from tests.boundaries.field.world import photo
from tests.gis.access_table import Access, of, post

KEEPER = frozenset({Duty.PLACE_NAME_OFFICER})
ROOM = KEEPER | {Duty.REVIEWER}


def of_archive(there: Any) -> dict[str, Any]:
    """The east as a name: a text that is published with its document, a photo."""
    place = PlaceName.objects.create(division=there.east)
    paper = store(b"%PDF-1.4\n%%EOF\n", name="志.pdf", purpose="archive_document", actor=None)
    document = ArchiveDocument.objects.create(kind="book", title="县志", file=paper, file_open=True, area=there.east)
    text = ArchiveText.objects.create(place=place, kind="origin", number=1, body="来历", state="published")
    Citation.objects.create(text=text, document=document)
    shown = store(photo(), name="照.jpg", purpose="archive_shown", actor=None)
    media = ArchiveMedia.objects.create(place=place, kind="photo", file=shown, shown=shown, caption="照片", state="published")
    NameCollection.objects.create(slug="old-names", title="古名", published=True, area=there.east)
    return {"east_place": place, "archive_text": text, "archive_document": document, "archive_photo": media}


def key(world: Any) -> dict[str, str]:
    return {"key": key_of("D", world.east.pk)}


def kind(world: Any) -> dict[str, str]:
    return {**key(world), "kind": "meaning"}


def photo_of(world: Any) -> dict[str, Any]:
    return {**key(world), "pk": world.archive_photo.pk}


def step(world: Any) -> dict[str, str]:
    return {**key(world), "what": "step-text"}


def slug(world: Any) -> dict[str, str]:
    return {"slug": "old-names"}


TABLE: dict[str, list[Access]] = {
    "name": [Access(public=True, args=key)],
    "name-json": [Access(public=True, args=key)],
    "name-by-code": [Access(public=True, args=lambda world: {"code": "419901"})],
    "archive-media": [Access(public=True, args=lambda world: {"pk": world.archive_photo.pk, "size": "large"})],
    "archive-document": [Access(public=True, args=of(pk="archive_document"))],
    "name-suggest": [
        Access(public=True, args=key),
        post(public=True, args=key, data=lambda world: {"part": "name", "body": "请核对"}),
    ],
    "suggestion": [Access(public=True)],
    "collections": [Access(public=True)],
    "collection": [Access(public=True, args=slug)],
    "open-data": [Access(public=True)],
    "open-data-file": [Access(public=True, args=lambda world: {"table": "forms", "form": "csv"})],
    "open-data-package": [Access(public=True)],
    "archive": [Access(ROOM)],
    "archive-room": [Access(ROOM, area_bound=True, args=key)],
    "archive-text": [
        Access(KEEPER, area_bound=True, args=kind),
        post(KEEPER, area_bound=True, args=kind, data=lambda world: {"body": "含义", "seen": "0"}),
    ],
    "archive-media-edit": [
        Access(KEEPER, area_bound=True, args=photo_of),
        post(KEEPER, area_bound=True, args=photo_of, data=lambda world: {"caption": "另一说明", "seen": "1"}),
    ],
    "archive-do": [
        post(ROOM, area_bound=True, args=step, data=lambda world: {"id": world.archive_text.pk, "step": "none", "seen": 1})
    ],
    "archive-collection-new": [Access(KEEPER), post(KEEPER, data=lambda world: {"title": "古名", "slug": "old"})],
    "archive-collection": [
        Access(KEEPER, area_bound=True, args=slug),
        post(KEEPER, area_bound=True, args=slug, data=lambda world: {"title": "古名", "seen": "1"}),
    ],
    "archive-collection-member": [post(KEEPER, area_bound=True, args=slug, data=key)],
}
