"""What an entry changed, field by field, ready to be read."""

from __future__ import annotations

import json
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
                before=_shown(key, before[key]) if key in before else None,
                after=_shown(key, after[key]) if key in after else None,
            )
        )
    return rows


def _as_mapping(value: Any) -> dict[str, Any]:
    if value is None:
        return {}
    return value if isinstance(value, dict) else {"": value}


def _shown(key: str, value: Any) -> str:
    if value is None or value == "":
        text = _("（空）")
    elif isinstance(value, bool):
        text = _("是") if value else _("否")
    elif isinstance(value, str):
        text = value_word(key, value)
    elif isinstance(value, list) and all(isinstance(part, str | int | float) for part in value):
        text = _("、").join(str(part) for part in value) or _("（空）")
    elif isinstance(value, dict | list):
        text = json.dumps(value, ensure_ascii=False, indent=1)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
