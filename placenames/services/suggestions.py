"""What readers suggest, without logging in: taken within limits, answered by staff, followed by its number."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError, NotFoundError
from gis.services.throttle import TooManyError
from placenames import policies
from placenames.archive_subject import Subject
from placenames.models import ArchiveText, Suggestion, SuggestionPart, SuggestionState
from placenames.services.archive_areas import area_of
from placenames.services.archive_writing import plain_text

LIMITS: Final = {"body": 1000, "evidence": 300, "contact": 100}
PER_HOUR: Final = 5
# No 0, O, 1, I, L: it is read over the telephone.
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@dataclass(frozen=True)
class Entry:
    part: str
    body: str
    evidence: str = ""
    contact: str = ""


@transaction.atomic
def receive(subject: Subject, entry: Entry, address: str) -> Suggestion:
    """`address`: where it comes from; only a digest of it with today's date is kept.

    Raises `InvalidInputError`, and `TooManyError` (too_many_suggestions) beyond five an hour from one address or the day's limit.
    """
    values = {name: plain_text(getattr(entry, name)) for name in LIMITS}
    wrong = {}
    if entry.part not in SuggestionPart.values:
        wrong["part"] = [_("请选择关于哪一项。")]
    if len(values["body"]) < 4:
        wrong["body"] = [_("请写明建议，至少 4 个字。")]
    for name, most in LIMITS.items():
        if len(values[name]) > most:
            wrong[name] = [_("最多 %(most)d 字。") % {"most": most}]
    if wrong:
        raise InvalidInputError("bad_suggestion", next(iter(wrong.values()))[0], wrong)
    sender = _digest(address)
    _within_limits(sender)
    return Suggestion.objects.create(
        number=_number(),
        place=None if subject.division else subject.place,
        division=subject.division,
        part=entry.part,
        sender=sender,
        **values,
    )


def _within_limits(sender: str) -> None:
    """Under a lock, so that a flood sent at once is counted one by one."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('yudi suggestions'))")
    now = timezone.now()
    if Suggestion.objects.filter(sender=sender, made_at__gt=now - timedelta(hours=1)).count() >= PER_HOUR:
        raise TooManyError("too_many_suggestions", _("您在一小时内已提了 %(count)d 条建议，请稍后再提。") % {"count": PER_HOUR})
    if Suggestion.objects.filter(made_at__gt=now - timedelta(days=1)).count() >= settings.SUGGESTIONS_PER_DAY:
        raise TooManyError("too_many_suggestions", _("今天收到的建议已经很多，请明天再提。"))


def _digest(address: str) -> str:
    told = f"{timezone.localdate().isoformat()} {address}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), told, hashlib.sha256).hexdigest()[:32]


def _number() -> str:
    """Not to be guessed: whoever has it reads the answer."""
    letters = "".join(secrets.choice(_LETTERS) for _at in range(10))
    return f"{letters[:5]}-{letters[5:]}"


def find(number: str) -> Suggestion:
    """Raises `NotFoundError` (no_such_suggestion)."""
    told = number.strip().upper().replace(" ", "")
    if "-" not in told and len(told) == 10:
        told = f"{told[:5]}-{told[5:]}"
    found = Suggestion.objects.filter(number=told).select_related("place", "division").first() if len(told) == 11 else None
    if found is None:
        raise NotFoundError("no_such_suggestion", _("没有这个编号的建议，请核对编号。"))
    return found


def area_concerned(suggestion: Suggestion) -> Division | None:
    return suggestion.division or (area_of(suggestion.place) if suggestion.place else None)


@transaction.atomic
def answer(actor: User, suggestion: Suggestion, *, accept: bool, words: str) -> Suggestion:
    """Raises `ForbiddenError`, `InvalidInputError` (no answer is written), `ConflictError` (it was answered)."""
    area = area_concerned(suggestion)
    ensure(policies.may_write_archive(actor, area))
    said = plain_text(words)[:500]
    if not said:
        raise InvalidInputError(
            "answer_missing", _("请写答复，读者凭编号看到它。"), {"answer": [_("请写答复，读者凭编号看到它。")]}
        )
    held = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if held.state != SuggestionState.NEW:
        raise ConflictError("suggestion_answered", _("这条建议已由他人答复。"))
    held.state = SuggestionState.ACCEPTED if accept else SuggestionState.DECLINED
    held.answer, held.answered_by, held.answered_at = said, actor, timezone.now()
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(
        actor=actor,
        action="archive.suggestion",
        target=held,
        label=held.number,
        area=area.pk if area else None,
        after={"state": held.state},
        reason=said,
    )
    return held


@transaction.atomic
def reopen(actor: User, suggestion: Suggestion) -> Suggestion:
    """Takes an answer back, as long as no draft was begun from it."""
    area = area_concerned(suggestion)
    ensure(policies.may_write_archive(actor, area))
    held = Suggestion.objects.select_for_update(of=("self",)).get(pk=suggestion.pk)
    if held.state == SuggestionState.NEW or held.draft_id:
        raise ConflictError("suggestion_answered", _("它的状态已经变了，请刷新页面。"))
    before = {"state": held.state, "answer": held.answer}
    held.state, held.answer, held.answered_by, held.answered_at = SuggestionState.NEW, "", None, None
    held.save(update_fields=["state", "answer", "answered_by", "answered_at"])
    audit.record(
        actor=actor, action="archive.suggestion", target=held, label=held.number, area=area.pk if area else None,
        before=before, after={"state": held.state},
    )  # fmt: skip
    return held


def bind_draft(suggestion: Suggestion, text: ArchiveText) -> None:
    Suggestion.objects.filter(pk=suggestion.pk, draft=None).update(draft=text)
