"""Collections of names, names taken from names, names entered twice: kept by who keeps the names."""

from __future__ import annotations

import re
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone
from django.utils.translation import gettext as _

from boundaries.models import Division
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, InvalidInputError
from placenames import policies
from placenames.models import (
    CollectionMember,
    HeritageKind,
    MergedName,
    NameCollection,
    NameForm,
    NameRelation,
    PlaceName,
    PlaceNameRecord,
)
from placenames.services.archive_areas import area_of
from placenames.services.archive_writing import plain_text
from placenames.services.recording import lock

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class CollectionEntry:
    title: str
    slug: str = ""
    title_en: str = ""
    about: str = ""
    source: str = ""
    heritage: str = ""
    published: bool = False


@transaction.atomic
def save_collection(
    actor: User, entry: CollectionEntry, *, area: Division | None = None, held: NameCollection | None = None, seen: int = 0
) -> NameCollection:
    """A new one, or changes to `held`; its address (`slug`) stays once it is given.

    Raises `ForbiddenError`, `InvalidInputError`, `ConflictError` (somebody else changed it, or the address is taken).
    """
    area = held.area if held else area
    ensure(policies.may_write_archive(actor, area))
    values = {name: plain_text(getattr(entry, name)) for name in ("title", "title_en", "about", "source")}
    slug = held.slug if held else entry.slug.strip()
    wrong = {}
    if not values["title"] or len(values["title"]) > 80:
        wrong["title"] = [_("请写名称，不超过 80 字。")]
    if not _SLUG.fullmatch(slug) or len(slug) > 60 or slug == "new":
        wrong["slug"] = [_("网址中的名称只用小写字母、数字和连字符。")]
    if len(values["about"]) > 4000 or len(values["source"]) > 300 or len(values["title_en"]) > 120:
        wrong["about"] = [_("文字太长。")]
    if entry.heritage and entry.heritage not in HeritageKind.values:
        wrong["heritage"] = [_("没有这个名录。")]
    if wrong:
        raise InvalidInputError("bad_collection", next(iter(wrong.values()))[0], wrong)
    values |= {"heritage": entry.heritage, "published": entry.published}  # type: ignore[dict-item]
    if held is None:
        if NameCollection.objects.filter(slug=slug).exists():
            raise ConflictError("collection_there", _("已有网址相同的专题。"))
        made = NameCollection.objects.create(slug=slug, area=area, made_by=actor, **values)
        before = None
    else:
        made = NameCollection.objects.select_for_update(of=("self",)).get(pk=held.pk)
        if made.version != seen:
            raise ConflictError("collection_changed", _("这个专题刚由他人修改，请重新打开。"))
        before = {name: getattr(made, name) for name in values}
        for name, value in values.items():
            setattr(made, name, value)
        made.version += 1
        made.save()
    audit.record(
        actor=actor,
        action="archive.collection",
        target=made,
        label=made.title,
        area=area.pk if area else None,
        before=before,
        after=values,
    )
    return made


@transaction.atomic
def put_in(actor: User, collection: NameCollection, place: PlaceName, note: str = "") -> CollectionMember:
    ensure(policies.may_write_archive(actor, collection.area))
    NameCollection.objects.select_for_update(of=("self",)).get(pk=collection.pk)
    if CollectionMember.objects.filter(collection=collection, place=place, recorded__upper_inf=True).exists():
        raise ConflictError("member_there", _("这个地名已在专题中。"))
    recorded = DateTimeTZRange(timezone.now(), None)
    member = CollectionMember.objects.create(collection=collection, place=place, note=plain_text(note)[:200], recorded=recorded)
    _trail(actor, collection, {"added": place.pk})
    return member


@transaction.atomic
def take_out(actor: User, collection: NameCollection, member: int) -> None:
    ensure(policies.may_write_archive(actor, collection.area))
    held = CollectionMember.objects.select_for_update(of=("self",)).filter(
        pk=member, collection=collection, recorded__upper_inf=True
    )
    row = held.first()
    if row is None:
        raise ConflictError("member_gone", _("这个地名已不在专题中。"))
    row.recorded = DateTimeTZRange(row.recorded.lower, timezone.now())
    row.save(update_fields=["recorded"])
    _trail(actor, collection, {"removed": row.place_id})


def _trail(actor: User, collection: NameCollection, after: dict[str, int]) -> None:
    audit.record(
        actor=actor, action="archive.collection", target=collection, label=collection.title, area=collection.area_id, after=after
    )


# --- names and names -------------------------------------------------------------------------------------------------


@transaction.atomic
def relate(actor: User, place: PlaceName, origin: PlaceName, note: str) -> NameRelation:
    """`place` has its name from `origin`. Raises `InvalidInputError` (without a source, with itself), `ConflictError`."""
    area = area_of(place)
    ensure(policies.may_write_archive(actor, area))
    words = plain_text(note)[:300]
    if not words:
        raise InvalidInputError("source_missing", _("请写明依据。"), {"note": [_("请写明依据。")]})
    if place.pk == origin.pk:
        raise InvalidInputError("same_name", _("不能与自己建立关系。"))
    PlaceName.objects.select_for_update().get(pk=place.pk)
    if NameRelation.objects.filter(place=place, origin=origin, recorded__upper_inf=True).exists():
        raise ConflictError("relation_there", _("已经登记过。"))
    recorded = DateTimeTZRange(timezone.now(), None)
    made = NameRelation.objects.create(place=place, origin=origin, note=words, recorded=recorded, made_by=actor)
    audit.record(
        actor=actor,
        action="archive.relation",
        target=place,
        area=area.pk if area else None,
        after={"origin": origin.pk},
        reason=words,
    )
    return made


@transaction.atomic
def unrelate(actor: User, relation: NameRelation) -> None:
    area = area_of(relation.place)
    ensure(policies.may_write_archive(actor, area))
    held = NameRelation.objects.select_for_update(of=("self",)).filter(pk=relation.pk, recorded__upper_inf=True).first()
    if held is None:
        raise ConflictError("state_changed", _("它的状态已经变了，请刷新页面。"))
    held.recorded = DateTimeTZRange(held.recorded.lower, timezone.now())
    held.save(update_fields=["recorded"])
    audit.record(
        actor=actor, action="archive.relation", target=held.place, area=area.pk if area else None, before={"origin": held.origin_id}
    )


@transaction.atomic
def merge(actor: User, place: PlaceName, into: PlaceName, reason: str) -> MergedName:
    """`place` turns out to be `into`, entered twice: what was recorded of it is closed, its address leads to the other.

    Raises `InvalidInputError`, `ConflictError`: not for divisions, nor where one of both was merged.
    """
    area = area_of(place)
    ensure(policies.may_write_archive(actor, area))
    ensure(policies.may_write_archive(actor, area_of(into)))
    words = plain_text(reason)[:300]
    if not words:
        raise InvalidInputError("reason_missing", _("请写明理由。"), {"reason": [_("请写明理由。")]})
    if place.pk == into.pk or place.division_id:
        raise InvalidInputError("cannot_merge", _("行政区划和它自己不能这样并案。"))
    moment = lock()
    if MergedName.objects.filter(place__in=[place, into]).exists():
        raise ConflictError("merged_already", _("其中一条已经并案。"))
    merged = MergedName.objects.create(place=place, into=into, reason=words, made_by=actor, made_at=moment)
    for model in (PlaceNameRecord, NameForm):
        for row in model.objects.current().filter(place=place).values("pk", "recorded"):
            model.objects.filter(pk=row["pk"]).update(recorded=DateTimeTZRange(row["recorded"].lower, moment))
    audit.record(
        actor=actor, action="archive.merge", target=place, area=area.pk if area else None, after={"into": into.pk}, reason=words
    )
    return merged


@transaction.atomic
def unmerge(actor: User, merged: MergedName, reason: str) -> None:
    """Undoes a merging: exactly what it closed is open again."""
    place = merged.place
    closed = PlaceNameRecord.objects.filter(place=place, recorded__endswith=merged.made_at)
    last = closed.order_by("-pk").first()
    area = last.area if last else None
    ensure(policies.may_write_archive(actor, area))
    words = plain_text(reason)[:300]
    if not words:
        raise InvalidInputError("reason_missing", _("请写明理由。"), {"reason": [_("请写明理由。")]})
    lock()
    for model in (PlaceNameRecord, NameForm):
        for row in model.objects.filter(place=place, recorded__endswith=merged.made_at).values("pk", "recorded"):
            model.objects.filter(pk=row["pk"]).update(recorded=DateTimeTZRange(row["recorded"].lower, None))
    before = {"into": merged.into_id}
    merged.delete()
    audit.record(actor=actor, action="archive.merge", target=place, area=area.pk if area else None, before=before, reason=words)
