"""What a sound decision states, so that tests about other things are not held up by the rules on approvals and codes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

CASE = {"code_determiner": "province", "code_document": "豫民文〔2026〕9号（演示）"}


def stated(day: date, **others: Any) -> dict[str, Any]:
    """Fields of a draft that takes effect on `day`, as `services.decisions.create_draft` takes them."""
    fields: dict[str, Any] = {
        "title": "演示批复",
        "document_number": "豫政文〔2026〕1号",
        "approver": "河南省人民政府",
        "approved_on": day - timedelta(days=20),
        "effective_on": day,
        "case": CASE,
    }
    return fields | others
