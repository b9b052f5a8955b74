"""The addresses of the records of names and of open spellings, for the table of test_access_walk, and what they are about."""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql.psycopg_any import NumericRange

from boundaries.models import Source
from gis.accounts.models import Duty
from placenames.models import NameForm, PlaceName, PlaceNameRecord
from placenames.rules.addresses import key_of
from tests.gis.access_table import Access, fixed, post

KEEPER = frozenset({Duty.PLACE_NAME_OFFICER})


def of_names(there: Any) -> dict[str, Any]:
    """What is kept of the east's name beyond the register, and its alias."""
    place, _made = PlaceName.objects.get_or_create(division=there.east)
    source = Source.objects.create(kind="entry", title="普查登记表")
    record = PlaceNameRecord.objects.create(
        place=place, names_division=True, valid="[2020-01-01,)", recorded="[2020-01-01,)", begins="observed",
        status="standard", area=there.east, source=source,
    )  # fmt: skip
    alias = NameForm.objects.create(
        place=place, text="东地", kind="alias", years=NumericRange(1900, 1950), recorded="[2020-01-01,)", source=source
    )
    somewhere = PlaceNameRecord.objects.create(
        place=PlaceName.objects.create(), name="无名沟", proper_name="无名", generic_name="沟", valid="[2020-01-01,)",
        recorded="[2020-01-01,)", begins="observed", status="in_use", source=source,
    )  # fmt: skip
    return {"name_record": record, "name_alias": alias, "nowhere": somewhere}


def nowhere(world: Any) -> dict[str, Any]:
    return {"key": key_of("P", world.nowhere.place_id), "pk": world.nowhere.pk}


def key(world: Any) -> dict[str, Any]:
    return {"key": key_of("D", world.east.pk)}


TABLE: dict[str, list[Access]] = {
    "name-record": [Access(args=key)],
    "name-record-edit": [Access(KEEPER, area_bound=True, args=lambda world: {**key(world), "pk": world.name_record.pk})],
    "name-record-describe": [Access(KEEPER, area_bound=True, args=key)],
    "spellings": [Access(KEEPER)],
    "spelling-decide": [
        post(KEEPER, area_bound=True, data=lambda world: {"area": world.east.pk, "char": "东", "reading": "dōng", "source": "志"})
    ],
    "spelling-undo": [post(KEEPER, area_bound=True, args=fixed(pk=1), data=lambda world: {"area": world.east.pk, "reason": "错"})],
    "name-record-code": [post(KEEPER, whole=True, args=nowhere)],
    "name-record-area": [post(KEEPER, whole=True, args=nowhere, data=fixed(area="419901"))],
    "name-form-add": [post(KEEPER, area_bound=True, args=key, data=fixed(text="东区", kind="alias", source="县志"))],
    "name-form-withdraw": [
        post(KEEPER, area_bound=True, args=lambda world: {**key(world), "pk": world.name_alias.pk}, data=fixed(reason="登错了"))
    ],
}
