"""Loading the lists that rules on names are asked with, and reading those that are loaded."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import gettext as _

from boundaries.models import Source, SourceKind
from boundaries.rules.names import clean, faults
from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import InvalidInputError
from placenames import policies
from placenames.models import NameList
from placenames.rules.naming import LISTS
from placenames.services.recording import lock

LIMIT_BYTES: Final = 20 * 1024 * 1024
_MOST: Final = 500_000


def loaded_lists() -> dict[str, frozenset[str] | None]:
    """Every list the rules know, None where it is not loaded. One query."""
    held = dict(NameList.objects.filter(recorded__upper_inf=True).values_list("key", "entries"))
    return {key: frozenset(held[key]) if key in held else None for key in LISTS}


def official_classes() -> frozenset[str] | None:
    """Codes of the table of classes an office has loaded (``place_classes``); None where none is. A line begins with its code."""
    held = NameList.objects.filter(key="place_classes", recorded__upper_inf=True).values_list("entries", flat=True).first()
    if held is None:
        return None
    return frozenset(found[0] for entry in held if (found := re.match(r"[12]\d{4}(?!\d)", entry)))


def parse_entries(content: bytes) -> list[str]:
    """One entry a line, UTF-8; blank lines and lines that begin with # are left out. Raises `InvalidInputError`."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInputError("undecodable_text", _("名单应为 UTF-8 编码的文本，每行一条。")) from error
    entries = [clean(line) for line in text.splitlines()]
    kept = list(dict.fromkeys(one for one in entries if one and not one.startswith("#")))
    if not kept:
        raise InvalidInputError("empty_file", _("名单里没有条目。"))
    if len(kept) > _MOST:
        raise InvalidInputError("too_many_rows", _("名单超过 %(limit)s 条。") % {"limit": _MOST})
    if wrong := next((one for one in kept if len(one) > 120 or "control" in faults(one)), None):
        raise InvalidInputError("bad_entry", _("“%(entry)s”不能作为名单条目。") % {"entry": wrong[:40]})
    return kept


@transaction.atomic
def load_list(actor: User | None, key: str, content: bytes, file: str, title: str) -> Mapping[str, Any]:
    """Another edition of a list; the one before stays readable. The same entries again change nothing.

    `actor` None is the command line. Raises `ForbiddenError`, `InvalidInputError`.
    """
    if actor is not None:
        ensure(policies.may_load_name_lists(actor))
    if key not in LISTS:
        raise InvalidInputError(
            "unknown_list", _("没有名单“%(key)s”，应为：%(all)s。") % {"key": key[:40], "all": "、".join(LISTS)}
        )
    if not title.strip():
        raise InvalidInputError("source_missing", _("请写明资料来源。"), {"source": [_("请写明资料来源。")]})
    entries = parse_entries(content)
    moment = lock()
    held = NameList.objects.select_for_update().filter(key=key, recorded__upper_inf=True).first()
    before = set(held.entries) if held else set()
    counts = {"entries": len(entries), "added": len(set(entries) - before), "removed": len(before - set(entries))}
    if held is not None and before == set(entries):
        return {"list": key, "changed": False, **counts}
    if held is not None:
        held.recorded = DateTimeTZRange(held.recorded.lower, moment)
        held.save(update_fields=["recorded"])
    source = Source.objects.create(
        kind=SourceKind.DATASET,
        title=title.strip()[:300],
        sha256=hashlib.sha256(content).hexdigest(),
        details={"file": file, "list": key},
        recorded_by=actor,
    )
    edition = NameList.objects.create(key=key, entries=entries, recorded=DateTimeTZRange(moment, None), source=source)
    audit.record(actor=actor, action="namelist.load", target=edition, label=LISTS[key], after=counts)
    return {"list": key, "changed": True, **counts}
