"""CHG-NO-01: how the approvals of Henan's department of civil affairs are numbered."""

from __future__ import annotations

import re
from typing import Final

from boundaries.rules.authorities import Body
from boundaries.rules.finding import Finding, Severity

BASIS = "河南省民政厅历次批复文号（豫民行批[2017]30号、豫民行批〔2020〕6号、〔2025〕31号）"

# The brackets are 〔〕 by GB/T 9704; the department's own pages of 2017 print [].
_DEPARTMENT: Final = re.compile(r"豫民行批[〔\[][0-9]{4}[〕\]][0-9]+号")


def check_document_number(number: str, approver: Body | None) -> list[Finding]:
    """Only approvals of the department are held against the pattern; of other bodies no pattern is known to be binding."""
    if approver is not Body.PROVINCIAL_CIVIL_AFFAIRS or _DEPARTMENT.fullmatch(number.strip()):
        return []
    return [
        Finding("CHG-NO-01", Severity.INFO, BASIS, "unusual_number",
                f"文号“{number}”与省民政厅批复的通常写法“豫民行批〔年份〕序号号”不同，请核对。",
                f"“{number}” is not written as the department's approvals are: 豫民行批〔year〕N号.", "document_number")
    ]  # fmt: skip
