"""Loading an office's own table of sign types, and saying where the register of signs is complete."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division, DivisionRecord, Level, Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import Sign, SignLedger, SignTypeEdition
from placenames.rules.signs.types import BadTable, TypeTable, read
from placenames.services.signs.registering import lock

LIMIT_BYTES: Final = 1024 * 1024


def read_table(content: bytes) -> TypeTable:
    """Raises `InvalidInputError` (bad_sign_types) with every problem, each with its place."""
    try:
        return read(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InvalidInputError("undecodable_text", _("类型表应为 UTF-8 编码的 TOML 文件。")) from error
    except BadTable as error:
        raise InvalidInputError(
            "bad_sign_types", _("类型表有问题：%(first)s") % {"first": error.problems[0]}, problems=error.problems
        ) from error


@transaction.atomic
def load_types(actor: User | None, content: bytes, file: str, source: str = "") -> Mapping[str, Any]:
    """Another edition; the one before stays readable. The same bytes again change nothing.

    Raises `ForbiddenError`, `InvalidInputError`.
    """
    if actor is not None:
        ensure(policies.may_load_sign_types(actor))
    table = read_table(content)
    moment = lock()
    sha256 = hashlib.sha256(content).hexdigest()
    held = SignTypeEdition.objects.select_for_update().filter(recorded__upper_inf=True).first()
    counts = {"id": table.id, "title": table.title, "types": len(table.types), "status": table.status}
    if held is not None and held.sha256 == sha256:
        return {"changed": False, **counts}
    if held is not None:
        held.recorded = DateTimeTZRange(held.recorded.lower, moment)
        held.save(update_fields=["recorded"])
    cited = Source.objects.create(
        kind=SourceKind.DEMO if table.status == "demo" else SourceKind.DATASET,
        title=(source.strip() or table.title)[:300],
        document_number=table.document_number[:80],
        sha256=sha256,
        details={"file": file},
        recorded_by=actor,
    )
    edition = SignTypeEdition.objects.create(
        text=content.decode("utf-8-sig"), sha256=sha256, recorded=DateTimeTZRange(moment, None), source=cited
    )
    audit.record(actor=actor, action="signtypes.load", target=edition, label=table.title, after=counts)
    return {"changed": True, **counts}


@transaction.atomic
def declare_ledger(actor: User | None, area: int, since: date, basis: str) -> SignLedger:
    """From `since` on the setting rate of townships under `area` is worked out of the register and no longer typed.

    Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (it is declared already, or there is not one sign).
    """
    if actor is not None:
        ensure(policies.may_declare_sign_ledger(actor, area))
    record = DivisionRecord.objects.on(timezone.localdate()).filter(division=area).first()
    if record is None or record.level > Level.TOWNSHIP:
        raise InvalidInputError("bad_area", _("台账按县、乡启用，请选择县级或乡级区划。"), {"area": [_("请选择县级或乡级区划。")]})
    if not basis.strip():
        raise InvalidInputError("basis_missing", _("请写明依据，如普查验收文件。"), {"basis": [_("请写明依据，如普查验收文件。")]})
    moment = lock()
    if SignLedger.objects.filter(area=area, recorded__upper_inf=True).exists():
        raise ConflictError("ledger_is_declared", _("这个地域的标志台账已经启用。"))
    if not Sign.objects.exists():
        raise ConflictError("no_signs", _("还没有登记一个标志，不能启用台账。"))
    ledger = SignLedger.objects.create(
        area_id=area, since=since, basis=basis.strip()[:200], recorded=DateTimeTZRange(moment, None), declared_by=actor
    )
    after = {"since": since.isoformat(), "basis": ledger.basis}
    audit.record(actor=actor, action="signledger.declare", target=ledger, label=record.name, area=area, after=after)
    return ledger


@transaction.atomic
def withdraw_ledger(actor: User, ledger: SignLedger, reason: str) -> None:
    """The rate is typed again. Raises `ForbiddenError`, `InvalidInputError`."""
    ensure(policies.may_declare_sign_ledger(actor, ledger.area_id))
    if not reason.strip():
        raise InvalidInputError("reason_missing", _("请写明理由。"), {"reason": [_("请写明理由。")]})
    moment = lock()
    held = SignLedger.objects.select_for_update().filter(pk=ledger.pk, recorded__upper_inf=True).first()
    if held is None:
        raise ConflictError("ledger_not_declared", _("台账已经停用。"))
    held.recorded = DateTimeTZRange(held.recorded.lower, moment)
    held.save(update_fields=["recorded"])
    name = Division.objects.get(pk=held.area_id)
    audit.record(actor=actor, action="signledger.withdraw", target=held, label=str(name), area=held.area_id, reason=reason)
