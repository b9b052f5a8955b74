"""What a sign should show, made from the name on record: for drawings, production orders and new faces."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from placenames.plates.plate import Drawing, NotDrawableError, plan
from placenames.rules.signs.checks import colour_wanted
from placenames.rules.signs.directions import axis_of_road, direction_of
from placenames.rules.signs.texts import Made, make
from placenames.rules.signs.types import SignType, TypeTable
from placenames.services.signs.registering import Entry, Face
from placenames.signs.names import DIVISION, PLACE, Key, NamedPlace, names_for
from placenames.signs.types_in_force import types_in_force


def texts_of(kind: SignType, named: NamedPlace | None, number: str) -> Made:
    """The texts; what cannot be made is told in `missing`."""
    if named is None:
        return Made((), (("name_unknown", "没有对应到登记的地名。", "It is tied to no name on record."),))
    return make(kind, named.numbered(number))


def ground_of(kind: SignType, named: NamedPlace | None, table: TypeTable, held: str = "") -> str:
    """The ground colour: by the road's direction; at the cut, what the sign has now, else "" (staff choose)."""
    if not kind.by_direction:
        return kind.ground[0].ground if kind.ground else ""
    direction = None if named is None or not named.is_road else direction_of(named.location)
    return colour_wanted(kind, axis_of_road(direction, table.wanted.cut_deg)) or held


def drawing_of(kind: SignType, named: NamedPlace | None, number: str, ground: str, link: str = "") -> Drawing:
    """Raises `NotDrawableError` with what is missing."""
    made = texts_of(kind, named, number)
    if named is None:
        raise NotDrawableError(["name_unknown"])
    return plan(kind, made, ground, link)


def lettered(entry: Entry, day: date) -> Entry:
    """An entry whose faces show what they should; as it was where that cannot be made."""
    table = types_in_force()
    kind = table.types.get(entry.type)
    key: Key | None = (
        (PLACE, entry.place) if entry.place is not None else (DIVISION, entry.division) if entry.division is not None else None
    )
    named = names_for([key], day).get(key) if key is not None else None
    if kind is None or named is None:
        return entry
    number = str(entry.values.get("number", ""))
    texts = {one.role: one.text for one in texts_of(kind, named, number).texts}
    held, before = (entry.faces[0].ground, entry.faces[0].texts.get("chinese", "")) if entry.faces else ("", "")
    # 象河乡人民政府 becomes 象河镇人民政府.
    texts["chinese"] += next((more for more in kind.may_follow if before.endswith(more) and before != more), "")
    ground = ground_of(kind, named, table, held)
    faces = [replace(face, ground=ground or face.ground, texts={**face.texts, **texts}) for face in entry.faces or (Face(),)]
    # A division that went over to another is that one now.
    heir = named.area if entry.division is not None else None
    return replace(entry, faces=tuple(faces), division=heir or entry.division)


__all__ = ["NotDrawableError", "drawing_of", "ground_of", "lettered", "texts_of"]
