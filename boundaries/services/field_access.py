"""What everything that comes from the field shares: the inspection's row locked, whether it takes anything, whose side it is of."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from boundaries import policies
from boundaries.models import InspectionState, JointInspection
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.errors import ConflictError, InvalidInputError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile

LONGEST_DEVICE = 120
_COPY = 1 << 20


def lock(inspection: JointInspection | int) -> JointInspection:
    """The row, locked: what several phones send at once is taken one after the other."""
    key = inspection if isinstance(inspection, int) else inspection.pk
    return JointInspection.objects.select_for_update(of=("self",)).select_related("line").get(pk=key)


def ensure_in_field(actor: User, inspection: JointInspection) -> None:
    ensure(policies.may_work_in_field(actor, inspection))
    if inspection.state != InspectionState.IN_FIELD:
        raise ConflictError(
            "inspection_not_in_field",
            _("这次联检现在是“%(state)s”，不在外业阶段，没有接收。内容仍在设备上；需要时请退回外业补查后再传。")
            % {"state": inspection.get_state_display()},
            state=inspection.state,
        )


def sides_of(inspection: JointInspection) -> list[int]:
    return [side for side in (inspection.lead_id, inspection.partner_id, inspection.third_id) if side]


def side_for(actor: User, inspection: JointInspection, stated: int | None) -> int | None:
    """The side somebody works for: the only one their duty is over, else the one they state, else nobody knows."""
    sides = sides_of(inspection)
    if stated is not None and stated not in sides:
        raise InvalidInputError("side_unknown", _("所属方不是这次联检的一方。"))
    own = [side for side in sides if policies.works_in_field_for(actor, side)]
    if len(own) == 1:
        return own[0]
    return stated


def key_from(text: Any) -> uuid.UUID:
    try:
        return uuid.UUID(str(text))
    except ValueError as error:
        raise InvalidInputError("bad_key", _("设备给出的编号应为 UUID。")) from error


def key_reused() -> ConflictError:
    return ConflictError("key_reused", _("这个编号已用于另一份内容。请在设备上重新选择后再传。"))


def digest_of(content: UploadedFile | StoredFile) -> str:
    """SHA-256 of what somebody brings, before it is kept."""
    if isinstance(content, StoredFile):
        return content.sha256
    digest = hashlib.sha256()
    for piece in content.chunks(_COPY):
        digest.update(piece)
    content.seek(0)
    return digest.hexdigest()


def kept(actor: User, inspection: JointInspection, content: UploadedFile | StoredFile, purpose: str) -> StoredFile:
    """The kept file: brought with the request, or before in chunks by the same person for the same purpose."""
    if isinstance(content, StoredFile):
        if content.purpose != purpose or content.uploader_id != actor.pk:
            raise NotFoundError("file_unknown", _("没有找到先传的文件，请重新上传。"))
        return content
    return files.store(content, name=content.name or "", purpose=purpose, actor=actor, area=inspection.lead_id)
