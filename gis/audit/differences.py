"""What an entry changed, field by field, ready to be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from gis.audit.models import AuditEntry
from gis.audit.words import field_word, value_word

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` or `after` None means that the field was not there at all."""

    field: str
    before: str | None
    after: str | None


def differences(entry: AuditEntry) -> list[Difference]:
    """Only the fields that differ, in the order of the record."""
    before, after = _as_mapping(entry.before), _as_mapping(entry.after)
    rows = []
    for key in dict.fromkeys((*before, *after)):
        if before and after and before.get(key) == after.get(key):
            continue
        rows.append(
            Difference(
                field=field_word(entry.target_type, key) if key else _("内容"),
                before=_shown(entry.target_type, key, before[key]) if key in before else None,
                after=_shown(entry.target_type, key, after[key]) if key in after else None,
            )
        )
    return rows


def _as_mapping(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"": value}


def _shown(target_type: str, key: str, value: Any) -> str:
    text = _worded(target_type, key, value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def _worded(target_type: str, key: str, value: Any) -> str:
    if value is None or value in ("", [], {}):
        return _("（空）")
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, str):
        return value_word(target_type, key, value)
    if isinstance(value, dict):
        parts = (f"{field_word(target_type, inner)} {_worded(target_type, inner, it)}" for inner, it in value.items())
        return _("；").join(parts)
    if isinstance(value, list):
        flat = all(not isinstance(part, dict | list) for part in value)
        return (_("、") if flat else "\n").join(_worded(target_type, key, part) for part in value)
    return str(value)
