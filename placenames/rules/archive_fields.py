"""Which field of what is kept of a name who may see: the one table that page, print, citation, JSON and downloads ask. Pure.

A field that is not in the table is seen by nobody. The table speaks of names that are public as a whole (published, not
confidential); of others nobody outside sees anything, whatever the field.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Final


class Audience(IntEnum):
    """Each sees what those before it see."""

    PUBLIC = 0
    OFFICE = 1  # everybody with a duty
    KEEPER = 2  # who keeps or reviews names where this one lies
    NOBODY = 9  # kept, shown to nobody on any page of the archive


_P, _O, _K, _N = Audience.PUBLIC, Audience.OFFICE, Audience.KEEPER, Audience.NOBODY

FIELDS: Final[Mapping[str, Mapping[str, Audience]]] = {
    "record": {
        "name": _P, "proper_name": _P, "generic_name": _P, "place_class": _P, "code": _P, "spelling": _P, "spelled_by": _P,
        "reading": _P, "area": _P, "valid": _P, "years": _P, "begins": _P, "status": _P,
        "location": _P, "location_grade": _P, "location_accuracy_m": _P,
        "location_source": _O,  # may say who pointed it out
        "secrecy": _O, "published": _O, "sound": _O, "recorded": _O,
    },
    "census": {
        "generic_spelling": _P, "language": _P, "named_when": _P, "established": _P, "abolished": _P, "elevation_m": _P,
        "written": _P, "origin": _P, "meaning": _P, "history": _P, "description": _P, "story": _P, "sources": _P,
        "sign_count": _P, "surveyed_by": _P,
        "map_name": _O, "map_sheet": _O, "map_scale": _O,  # sheets of large scales are not for everybody
        "media": _O, "other": _O, "note": _O, "census_state": _O, "registered_on": _O, "registered_at": _O,
        "registered_by": _K,  # a person
    },
    "form": {
        "text": _P, "kind": _P, "script": _P, "language": _P, "years": _P,
        "note": _O, "recorded": _O,
    },
    # Of a source of kind "entry" the title is whatever an officer wrote as a reason: it may name anybody.
    "source": {"title": _P, "issuer": _P, "document_number": _P, "dated": _P, "kind": _P, "recorded_by": _K, "details": _O},
    "entry_source": {"kind": _P, "title": _O, "recorded_by": _K},
    "text": {
        "kind": _P, "body": _P, "number": _P, "reviewed_at": _P, "citations": _P,
        "made_by": _K, "changed_by": _K, "reviewed_by": _K, "note": _K, "state": _K,
    },
    "document": {
        "kind": _P, "title": _P, "author": _P, "publisher": _P, "year": _P, "call_number": _P, "pages": _P,
        "informant": _K, "file": _P,  # the file only where it is marked open, see `open_file`
        "made_by": _K,
    },
    "media": {
        "kind": _P, "caption": _P, "taken": _P, "seconds": _P, "shown": _P, "small": _P, "credit": _P,  # credit: see `open_credit`
        "licence": _P, "number": _K, "item": _N,
        "file": _K,  # the original, with its EXIF
        "made_by": _K, "reviewed_by": _K, "note": _K, "state": _K,
    },
    "collection_member": {"note": _P},
    "relation": {"note": _P, "made_by": _K},
    "suggestion": {
        "number": _N, "state": _N, "answer": _N,  # by its number only, see the page of one's own suggestion
        "body": _K, "evidence": _K, "contact": _K, "part": _K, "sender": _N,
    },
}  # fmt: skip


def may_see(thing: str, field: str, audience: Audience) -> bool:
    return audience >= FIELDS.get(thing, {}).get(field, _N)


def seen(thing: str, values: Mapping[str, Any], audience: Audience) -> dict[str, Any]:
    """Of `values` only what `audience` may see."""
    return {field: value for field, value in values.items() if may_see(thing, field, audience)}


def fields_seen(thing: str, audience: Audience) -> tuple[str, ...]:
    return tuple(field for field in FIELDS[thing] if may_see(thing, field, audience))
