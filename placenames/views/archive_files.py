"""Photos, recordings and documents of the archive: the one way to their bytes, asked anew each time."""

from __future__ import annotations

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response

from gis.errors import NotFoundError
from gis.files import services as files
from gis.files import sniff
from gis.files.models import StoredFile
from placenames import policies
from placenames.archive_subject import public_subject
from placenames.models import ArchiveDocument, ArchiveMedia, ArchiveState, PlaceName
from placenames.services.archive_areas import area_of

AUDIO = {"audio/mpeg", "audio/wav"}


def serve_media(request: HttpRequest, pk: int, size: str) -> HttpResponseBase:
    """What was made for showing, never the original. Unpublished: only who keeps or reviews names there."""
    media = get_object_or_404(ArchiveMedia.objects.select_related("place", "shown", "small"), pk=pk)
    public = _is_shown(media) and _is_public(request, media.place)
    if not public and not policies.may_view_archive_room(request.user, area_of(media.place)):
        raise _gone()
    stored = media.small if size == "small" and media.small is not None else media.shown
    return _sent(request, stored, public=public)


def _is_shown(media: ArchiveMedia) -> bool:
    """Also under the address of an earlier version, as long as the photo itself is public: what links to it goes on."""
    if media.state != ArchiveState.REPLACED:
        return media.state == ArchiveState.PUBLISHED
    return ArchiveMedia.objects.filter(item=media.item, state=ArchiveState.PUBLISHED).exists()


def serve_document(request: HttpRequest, pk: int) -> HttpResponseBase:
    """A document that may be read by everybody, and is cited by a published text of a public name; or by whom it is kept."""
    document = get_object_or_404(ArchiveDocument.objects.select_related("file"), pk=pk)
    if document.file is None:
        raise _gone()
    if policies.may_view_archive_room(request.user, document.area):
        return _sent(request, document.file, public=False)
    cited = PlaceName.objects.filter(texts__citations__document=document, texts__state=ArchiveState.PUBLISHED).distinct()
    if not document.file_open or not any(_is_public(request, place) for place in cited):
        raise _gone()
    return _sent(request, document.file, public=True)


def _is_public(request: HttpRequest, place: PlaceName) -> bool:
    try:
        return public_subject(place, request.user).public
    except NotFoundError:
        return False


def _gone() -> NotFoundError:
    from placenames.archive_subject import no_such_name

    return no_such_name()


def _sent(request: HttpRequest, stored: StoredFile, *, public: bool) -> HttpResponseBase:
    """What the browser has already is not sent again; whether it may have it was asked anew."""
    tag, keeping = f'"{stored.sha256}"', "no-cache" if public else "private, no-store"
    unchanged = get_conditional_response(request, etag=tag)
    if unchanged is not None:
        unchanged["ETag"], unchanged["Cache-Control"] = tag, keeping
        return unchanged
    kind = stored.media_type
    inline = kind in {sniff.JPEG, sniff.PNG, sniff.PDF} | AUDIO
    # The name of the file may tell who made it.
    name = f"archive-{stored.pk}" + {
        sniff.JPEG: ".jpg",
        sniff.PNG: ".png",
        sniff.PDF: ".pdf",
        "audio/mpeg": ".mp3",
        "audio/wav": ".wav",
    }.get(kind, "")
    answer = FileResponse(
        files.open_file(stored), as_attachment=not inline, filename=name, content_type=kind if inline else sniff.UNKNOWN
    )
    answer["Content-Length"] = str(stored.size)
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = keeping
    answer["ETag"] = tag
    return answer
