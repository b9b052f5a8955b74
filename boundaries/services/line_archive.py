"""The archive of a line (行政区域界线管理条例第十三条) and the photos of a marker: files are taken out, never away."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.boundary_lines import side_ids
from boundaries.models import BoundaryLine, BoundaryMarker, LineFile, LineFileKind, MarkerPicture
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files

LINE_PURPOSE, PICTURE_PURPOSE = "boundary_line", "marker_picture"


@transaction.atomic
def attach(actor: User | None, line: BoundaryLine, upload: UploadedFile, kind: str, title: str = "") -> LineFile:
    """Raises `InvalidInputError` (unknown_file_kind, and what `gis.files.services.store` refuses)."""
    ensure(actor is None or policies.may_edit_line(actor, line))
    if kind not in LineFileKind.values:
        raise InvalidInputError("unknown_file_kind", _("没有这一类界线档案。"))
    area = next(iter(side_ids(line)), None)
    stored = files.store(upload, name=upload.name or "", purpose=LINE_PURPOSE, actor=actor, area=area)
    attached = LineFile.objects.create(
        line=line, kind=kind, title=(title.strip() or stored.name)[:200], file=stored, added_by=actor
    )
    after = {"title": attached.title, "kind": kind, "sha256": stored.sha256}
    audit.record(actor=actor, action="line.attach", target=line, area=area, after=after)
    return attached


@transaction.atomic
def detach(actor: User | None, line: BoundaryLine, attached: int, *, restore: bool = False) -> LineFile:
    """Takes a file out of the archive, or puts it back; the file itself stays."""
    ensure(actor is None or policies.may_edit_line(actor, line))
    held = LineFile.objects.select_for_update().filter(pk=attached, line=line, removed_at__isnull=not restore).first()
    if held is None:
        raise ConflictError("attachment_changed", _("这份材料的状态已经变了，请刷新页面。"))
    held.removed_at = None if restore else timezone.now()
    held.save(update_fields=["removed_at"])
    audit.record(
        actor=actor,
        action="line.attach" if restore else "line.detach",
        target=line,
        area=next(iter(side_ids(line)), None),
        after={"title": held.title, "kind": held.kind},
    )
    return held


@transaction.atomic
def add_picture(
    actor: User | None, marker: BoundaryMarker, upload: UploadedFile, *, caption: str = "", taken_on: date | None = None
) -> MarkerPicture:
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    if taken_on is not None and taken_on > timezone.localdate():
        raise InvalidInputError("day_in_future", _("拍摄日期不能晚于今天。"), {"taken_on": [_("晚于今天")]})
    stored = files.store(upload, name=upload.name or "", purpose=PICTURE_PURPOSE, actor=actor)
    picture = MarkerPicture.objects.create(
        marker=marker, file=stored, caption=caption.strip()[:200], taken_on=taken_on, added_by=actor
    )
    audit.record(actor=actor, action="marker.picture", target=marker, after={"title": stored.name, "sha256": stored.sha256})
    return picture


@transaction.atomic
def remove_picture(actor: User | None, marker: BoundaryMarker, picture: int) -> MarkerPicture:
    ensure(actor is None or policies.may_edit_marker(actor, marker))
    held = MarkerPicture.objects.select_for_update().filter(pk=picture, marker=marker, removed_at=None).first()
    if held is None:
        raise ConflictError("attachment_changed", _("这份材料的状态已经变了，请刷新页面。"))
    held.removed_at = timezone.now()
    held.save(update_fields=["removed_at"])
    audit.record(actor=actor, action="marker.picture_removed", target=marker, after={"title": held.file.name})
    return held
