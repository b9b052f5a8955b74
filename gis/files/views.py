"""The only way to a file that somebody brought, and the way in for those that are large."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gis.accounts.access import ensure, signed_in
from gis.errors import DomainError, InvalidInputError
from gis.files import services, sniff, uploads
from gis.files.models import StoredFile, Upload
from gis.files.policies import may_continue_upload, may_upload
from gis.files.purposes import purpose

# Shown by browsers without running anything; all else is saved.
SHOWN_INLINE = {sniff.PDF, sniff.PNG, sniff.JPEG}


@login_required
@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse:
    """The file under its own name; ``?inline=1`` asks to see pictures and PDF in the browser."""
    stored = get_object_or_404(StoredFile, pk=pk)
    ensure(purpose(stored.purpose).may_download(request.user, stored))
    inline = "inline" in request.GET and stored.media_type in SHOWN_INLINE
    known = stored.media_type if stored.media_type not in {sniff.HTML, sniff.SVG, sniff.XML} else sniff.UNKNOWN
    response = FileResponse(services.open_file(stored), as_attachment=not inline, filename=stored.name, content_type=known)
    response["Content-Length"] = str(stored.size)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-cache"
    response["ETag"] = f'"{stored.sha256}"'
    return response


# --- uploads in chunks: JSON for static/gis/upload.js -----------------------------------------------------------------


@login_required
@require_http_methods(["GET", "POST"])
def uploads_(request: HttpRequest) -> JsonResponse:
    """GET ``?purpose=``: my unfinished ones. POST name, size, purpose[, sha256, fresh=1]: the session to send a file in."""
    actor, given = signed_in(request), request.GET if request.method == "GET" else request.POST
    purpose_key = given.get("purpose", "")[:40]
    ensure(may_upload(actor, purpose_key))
    if request.method == "GET":
        return JsonResponse({"uploads": [uploads.status(one) for one in uploads.unfinished(actor, purpose_key)]})
    try:
        size = given.get("size", "")
        number = int(size) if size.isascii() and size.isdigit() and len(size) < 16 else 0
        found, is_new = uploads.begin(
            actor,
            name=given.get("name", ""),
            size=number,
            purpose=purpose_key,
            sha256=given.get("sha256", ""),
            fresh=given.get("fresh") == "1",
        )
    except DomainError as refusal:
        return _refused(refusal)
    return JsonResponse(uploads.status(found), status=201 if is_new else 200)


@login_required
@require_safe
def upload(request: HttpRequest, pk: str) -> JsonResponse:
    """Which chunks are there."""
    return JsonResponse(uploads.status(_own(request, pk)))


@login_required
@require_POST
def upload_chunk(request: HttpRequest, pk: str, index: int) -> JsonResponse:
    """The bytes of one chunk as the body, their digest in ``X-Chunk-SHA256``. 201 when taken, 200 when it was there."""
    found = _own(request, pk)
    try:
        taken = uploads.take_chunk(signed_in(request), found, index, request.headers.get("X-Chunk-SHA256", ""), request)
    except UnreadablePostError:
        return _refused(InvalidInputError("chunk_broken", _("连接中断，这一块没有收全，请重新发送。")))
    except DomainError as refusal:
        return _refused(refusal)
    return JsonResponse({"index": index, "taken": taken}, status=201 if taken else 200)


@login_required
@require_POST
def upload_finish(request: HttpRequest, pk: str) -> JsonResponse:
    """[sha256] of the whole: the file's id, or 422 with the reason why it was set aside."""
    found = _own(request, pk)
    try:
        ended = uploads.finish(signed_in(request), found, request.POST.get("sha256", ""))
    except DomainError as refusal:
        return _refused(refusal)
    if ended.reason_code:
        return _refused(InvalidInputError(ended.reason_code, ended.reason, set_aside=ended.file_id))
    return JsonResponse(uploads.status(ended))


@login_required
@require_POST
def upload_abort(request: HttpRequest, pk: str) -> JsonResponse:
    return JsonResponse(uploads.status(uploads.abort(signed_in(request), _own(request, pk))))


def _own(request: HttpRequest, pk: str) -> Upload:
    found = get_object_or_404(Upload, pk=pk)
    ensure(may_continue_upload(request.user, found))
    return found


def _refused(refusal: DomainError) -> JsonResponse:
    return JsonResponse({"error": refusal.as_dict()}, status=refusal.status)
