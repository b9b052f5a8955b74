"""The addresses of the place-name archive, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from typing import Any

from boundaries.models import Source
from gis.files.services import store
from placenames.models import ArchiveDocument, ArchiveMedia, ArchiveText, Citation, PlaceName
from placenames.rules.addresses import key_of
from tests.boundaries.field.world import photo
from tests.gis.access_table import Access, of


def of_archive(there: Any) -> dict[str, Any]:
    """The east as a name: a text that is published with its document, a photo."""
    place = PlaceName.objects.create(division=there.east)
    Source.objects.create(kind="document", title="县志")
    paper = store(b"%PDF-1.4\n%%EOF\n", name="志.pdf", purpose="archive_document", actor=None)
    document = ArchiveDocument.objects.create(kind="book", title="县志", file=paper, file_open=True, area=there.east)
    text = ArchiveText.objects.create(place=place, kind="origin", number=1, body="来历", state="published")
    Citation.objects.create(text=text, document=document)
    shown = store(photo(), name="照.jpg", purpose="archive_shown", actor=None)
    media = ArchiveMedia.objects.create(place=place, kind="photo", file=shown, shown=shown, caption="照片", state="published")
    return {"east_place": place, "archive_text": text, "archive_document": document, "archive_photo": media}


def key(world: Any) -> dict[str, str]:
    return {"key": key_of("D", world.east.pk)}


TABLE: dict[str, list[Access]] = {
    "name": [Access(public=True, args=key)],
    "name-json": [Access(public=True, args=key)],
    "name-by-code": [Access(public=True, args=lambda world: {"code": "419901"})],
    "archive-media": [Access(public=True, args=lambda world: {"pk": world.archive_photo.pk, "size": "large"})],
    "archive-document": [Access(public=True, args=of(pk="archive_document"))],
}
