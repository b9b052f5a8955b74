"""The only way to a file that somebody brought."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from gis.accounts.access import ensure
from gis.files import services, sniff
from gis.files.models import StoredFile
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
