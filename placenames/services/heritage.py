"""What shows that a listed place meets the criteria of its list: recorded piece by piece, each with its source.

One transaction each, permitted, audited. A piece that was wrong is closed and followed by another; nothing is changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import DivisionRecord, Source, SourceKind
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import InvalidInputError
from gis.files import services as files
from placenames import policies
from placenames.models import HeritageEvidence, HeritageListing, PlaceName
from placenames.rules.heritage_criteria import CRITERIA, Asks, Criterion, Shown, Standing, judged
from placenames.services.naming_enactment import record_in_force
from placenames.services.recording import lock

PURPOSE = "heritage"


@dataclass(frozen=True)
class CriterionRow:
    """A criterion, how it stands today, and what shows it: a recorded piece, or for what the register says its record."""

    criterion: Criterion
    standing: Standing
    evidence: HeritageEvidence | None
    register: DivisionRecord | None = None


def area_of_place(place: PlaceName) -> int | None:
    """The division a listed place is or lies in."""
    if place.division_id:
        return place.division_id
    record = record_in_force(place)
    return record.area_id if record else None


def rows_of(listing: HeritageListing) -> list[CriterionRow]:
    """Every criterion of the listing's kind today; none where the criteria were not seen."""
    today = timezone.localdate()
    held = {
        one.criterion: one
        for one in HeritageEvidence.objects.filter(place=listing.place, kind=listing.kind, recorded__upper_inf=True).select_related(
            "source", "file", "by"
        )
    }
    shown = {key: Shown(one.year, one.holds) for key, one in held.items()}
    record = _division_record(listing.place, today)
    if record is not None:
        shown |= {
            one.key: Shown(holds=record.type == "town") for one in CRITERIA.get(listing.kind, ()) if one.asks is Asks.REGISTER
        }
    return [
        CriterionRow(criterion, standing, held.get(criterion.key), record if criterion.asks is Asks.REGISTER else None)
        for criterion, standing in judged(listing.kind, shown, today.year)
    ]


def _division_record(place: PlaceName, day: date) -> DivisionRecord | None:
    if not place.division_id:
        return None
    return DivisionRecord.objects.on(day).filter(division=place.division_id).defer("geometry").first()


@transaction.atomic
def show(
    actor: User,
    listing: HeritageListing,
    criterion: str,
    *,
    source: str,
    year: int | None = None,
    holds: bool | None = None,
    note: str = "",
    upload: UploadedFile | None = None,
) -> HeritageEvidence:
    """Records a piece of evidence. Raises `ForbiddenError`, `InvalidInputError`."""
    area = area_of_place(listing.place)
    ensure(policies.may_show_heritage(actor, area))
    known = next((one for one in CRITERIA.get(listing.kind, ()) if one.key == criterion), None)
    wrong: dict[str, list[str]] = {}
    if known is None or known.asks is Asks.REGISTER:
        raise InvalidInputError("unknown_criterion", _("没有这一项须登记依据的条件。"))
    source, note = source.strip(), note.strip()
    if not source or len(source) > 300 or any(ord(one) < 32 for one in source + note) or len(note) > 300:
        wrong["source"] = [_("请写明资料来源（300 字以内）。")]
    if known.asks is Asks.YEAR:
        holds = None
        if year is None or year == 0 or not -3000 <= year <= timezone.localdate().year:
            wrong["year"] = [_("请写始于哪一年：公元前用负数，没有 0 年。")]
    else:
        year = None
        if holds is None:
            wrong["holds"] = [_("请选择资料说明的是符合还是不符合。")]
    if wrong:
        raise InvalidInputError("bad_evidence", next(iter(wrong.values()))[0], wrong)
    stored = files.store(upload, name=upload.name or "", purpose=PURPOSE, actor=actor, area=area) if upload else None
    moment = lock()
    rows = HeritageEvidence.objects.select_for_update(of=("self",))
    former = rows.filter(place=listing.place, kind=listing.kind, criterion=criterion, recorded__upper_inf=True).first()
    if former is not None:
        HeritageEvidence.objects.filter(pk=former.pk).update(recorded=DateTimeTZRange(former.recorded.lower, moment))
    made = HeritageEvidence.objects.create(
        place=listing.place, kind=listing.kind, criterion=criterion, year=year, holds=holds, note=note, file=stored,
        recorded=DateTimeTZRange(moment, None), by=actor,
        source=Source.objects.create(kind=SourceKind.ENTRY, title=source, recorded_by=actor),
    )  # fmt: skip
    told = {"criterion": criterion, "year": year, "holds": holds, "source": source}
    before = {"year": former.year, "holds": former.holds, "source": former.source.title} if former else None
    audit.record(
        actor=actor, action="heritage.show", target=listing.place, label=str(listing.get_kind_display()), area=area, before=before,
        after=told,
    )  # fmt: skip
    return made


@transaction.atomic
def withdraw(actor: User, evidence: HeritageEvidence) -> None:
    """A piece that was wrong is no longer held; the criterion is then not checked."""
    area = area_of_place(evidence.place)
    ensure(policies.may_show_heritage(actor, area))
    moment = lock()
    held = HeritageEvidence.objects.select_for_update(of=("self",)).filter(pk=evidence.pk, recorded__upper_inf=True).first()
    if held is None:
        return
    HeritageEvidence.objects.filter(pk=held.pk).update(recorded=DateTimeTZRange(held.recorded.lower, moment))
    told = {"criterion": held.criterion, "year": held.year, "holds": held.holds, "source": held.source.title}
    audit.record(
        actor=actor, action="heritage.withdraw", target=held.place, label=str(held.get_kind_display()), area=area, before=told
    )
