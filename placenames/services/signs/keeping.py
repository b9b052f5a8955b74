"""Photos of signs, what a patrol finds, and what the public reports."""

from __future__ import annotations

import hashlib
from datetime import date, timedelta
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from boundaries.photos import read_exif
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.services.throttle import TooManyError
from placenames import policies
from placenames.models import ReportState, Sign, SignPhoto, SignReport, SignState, SignWork, WorkKind
from placenames.rules.signs.checks import damage
from placenames.rules.signs.work_states import ENDS
from placenames.services.signs import works
from placenames.services.signs.registering import as_entry, change, lock, snapshot

PURPOSE: Final = "sign-photo"
LIMIT_BYTES: Final = 15 * 1024 * 1024
# What the public can say is wrong.
WHAT: Final = ("damaged", "missing", "wrong_text", "covered", "other")
_PER_SENDER: Final = 5
_PER_SIGN: Final = 10
_PER_DAY: Final = 500


@transaction.atomic
def add_photo(actor: User, sign: Sign, file: UploadedFile, note: str = "") -> SignPhoto:
    """Raises `ForbiddenError`, `InvalidInputError` for what is no sound photo."""
    ensure(policies.may_patrol_signs(actor, sign.area_id))
    stored = files.store(file, name=file.name or "", purpose=PURPOSE, actor=actor, area=sign.area_id)
    with files.open_file(stored) as handle:
        taken = read_exif(handle, timezone.get_current_timezone()).taken_at
    photo = SignPhoto.objects.create(sign=sign, file=stored, taken_at=taken, note=note.strip()[:200], added_by=actor)
    audit.record(actor=actor, action="sign.photo.add", target=sign, label=sign.code, area=sign.area_id, after={"file": stored.name})
    return photo


@transaction.atomic
def remove_photo(actor: User, photo: SignPhoto, *, restore: bool = False) -> None:
    """Taken out, the photo stays on record with its day; `restore` puts it back."""
    sign = photo.sign
    if sign is None:  # of a sign that a patrol found and nobody has registered yet
        raise InvalidInputError("sign_unlisted", _("这个标志还没有登记。"))
    ensure(policies.may_edit_signs(actor, sign.area_id))
    photo.removed_at = None if restore else timezone.now()
    photo.save(update_fields=["removed_at"])
    after = {"file": photo.file.name, "restored": restore}
    audit.record(actor=actor, action="sign.photo.remove", target=sign, label=sign.code, area=sign.area_id, after=after)


@transaction.atomic
def found(actor: User, sign: Sign, state: str, day: date, note: str = "") -> Sign:
    """A patrol found the sign so. Damaged or missing, it gets a work order unless one is open.

    Raises `ForbiddenError`, `InvalidInputError`.
    """
    return write_state(actor, sign, state, day, note)[0]


def write_state(actor: User, sign: Sign, state: str, day: date, note: str = "") -> tuple[Sign, SignWork | None]:
    """As `found`, with the work order that is open for what was found."""
    ensure(policies.may_patrol_signs(actor, sign.area_id))
    if state not in (SignState.STANDING, SignState.DAMAGED, SignState.MISSING):
        raise InvalidInputError("bad_state", _("请选择完好、损坏或缺失。"), {"state": [_("请选择完好、损坏或缺失。")]})
    entry = as_entry(snapshot(sign), state=state, checked_on=day)
    reason = note.strip() or _("巡查")
    source = Source.objects.create(kind=SourceKind.ENTRY, title=_("巡查 %(day)s") % {"day": day}, recorded_by=actor)
    held = change(actor, sign, entry, reason, source=source, action="sign.found", permitted=True)
    if state == SignState.STANDING:
        return held, None
    return held, _order(actor, held, WorkKind.REPAIR if state == SignState.DAMAGED else WorkKind.SET, reason)


def _order(actor: User, sign: Sign, kind: str, reason: str) -> SignWork:
    """The open work order of that kind, opened where there is none. Whoever may say how a sign is may have it mended."""
    held = SignWork.objects.filter(sign=sign, kind=kind).exclude(state__in=ENDS).first()
    return held or works.open_order(actor, sign, works.Order(kind, reason), permitted=True)


@transaction.atomic
def report(
    sign: Sign,
    *,
    what: str,
    text: str,
    contact: str,
    sender: str,
    photo: UploadedFile | IO[bytes] | None = None,
    photo_name: str = "",
) -> SignReport:
    """What somebody of the public says, shown to nobody outside the office. `sender` is an address, kept only as a key of the day.

    Raises `InvalidInputError`; `TooManyError` where one sender, one sign or everybody together reports too often.
    """
    if what not in WHAT:
        raise InvalidInputError("bad_what", _("请选择标志出了什么问题。"), {"what": [_("请选择标志出了什么问题。")]})
    if len(text) > 500 or len(contact) > 60:
        raise InvalidInputError("too_long", _("写得太长了：说明不超过 500 字，联系方式不超过 60 字。"))
    lock()
    today = SignReport.objects.filter(received_at__gte=timezone.now() - timedelta(days=1))
    key = hashlib.sha256(f"{settings.SECRET_KEY}|{timezone.localdate()}|{sender}".encode()).hexdigest()
    recent = today.filter(sender_key=key)
    if recent.count() >= _PER_SENDER or today.filter(sign=sign).count() >= _PER_SIGN or today.count() >= _PER_DAY:
        raise TooManyError("too_many_reports", _("今天收到的报告已经很多了，请明天再试，或直接联系当地民政部门。"))
    if held := recent.filter(sign=sign, what=what, text=text.strip()).first():
        return held
    stored: StoredFile | None = None
    if photo is not None:
        stored = files.store(photo, name=photo_name, purpose=PURPOSE, actor=None, area=sign.area_id)
    return SignReport.objects.create(sign=sign, what=what, text=text.strip(), contact=contact.strip(), photo=stored, sender_key=key)


@transaction.atomic
def handle(actor: User, report: SignReport, *, accept: bool, answer: str) -> SignReport:
    """Somebody of the office has looked: accepted, the sign gets a work order (SIGN-06).

    Raises `ForbiddenError`, `ConflictError`, `InvalidInputError`.
    """
    ensure(policies.may_edit_signs(actor, report.sign.area_id))
    lock()
    held = SignReport.objects.select_for_update(of=("self",)).select_related("sign").get(pk=report.pk)
    if held.state != ReportState.NEW:
        raise ConflictError("report_is_handled", _("这条报修已经处理过了。"))
    if not accept and not answer.strip():
        raise InvalidInputError("answer_missing", _("请写明不予受理的理由。"), {"answer": [_("请写明不予受理的理由。")]})
    if accept:
        kind = {"missing": WorkKind.SET, "wrong_text": WorkKind.RELETTER}.get(held.what, WorkKind.REPAIR)
        words = _("公众报修：%(text)s") % {"text": held.text or held.what}
        held.work = _order(actor, held.sign, kind, words[:300])
    held.state = ReportState.ACCEPTED if accept else ReportState.DISMISSED
    held.answer, held.handled_by, held.handled_at = answer.strip()[:300], actor, timezone.now()
    held.save()
    after: dict[str, Any] = {"state": held.state, "answer": held.answer}
    if accept:
        after["rule"] = damage(held.text).rule
    audit.record(actor=actor, action="signreport.handle", target=held, label=held.sign.code, area=held.sign.area_id, after=after)
    return held
