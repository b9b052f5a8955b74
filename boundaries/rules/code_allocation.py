"""The next code of a township: one above the highest ever used in the segment of its type, never one used before.

《行政区划代码管理办法》 has codes given in sequence and never again (顺序编制、废码不用). A gap in the sequence may be a code that
was retired before the register begins, so gaps are shown and never filled. The province determines codes; this proposes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boundaries.rules.codes import TOWNSHIP_SEGMENTS
from boundaries.rules.finding import Finding, Severity

BASIS = "行政区划代码管理办法（民政部令第79号）第六条；顺序编制、废码不用依新华社报道；代码段依公开资料"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed code, None where the type has no segment or the segment has no number left above the highest used.

    highest: the highest code ever used in the segment, None when none is known. gaps: lower codes never seen, for a person to see.
    """

    county: str
    unit_type: str
    code: str | None
    highest: str | None
    gaps: tuple[str, ...]


def propose(county: str, unit_type: str, ever_used: Iterable[str]) -> Proposal:
    """The next code in the county of six digits.

    ever_used: every code ever seen there, of any authority and any time (statistical lists know codes the legal list has
    forgotten); codes of other counties, levels and segments are passed over.
    """
    if len(county) != 6 or not county.isascii() or not county.isdigit():
        raise ValueError(f"not the code of a county: {county!r}")
    segment = TOWNSHIP_SEGMENTS.get(unit_type)
    if segment is None:
        return Proposal(county, unit_type, None, None, ())
    used = {int(code[6:9]) for code in ever_used if len(code) >= 9 and code.startswith(county) and code[:9].isdigit()}
    used &= set(segment)
    highest = max(used, default=segment.start - 1)
    following = highest + 1
    return Proposal(
        county,
        unit_type,
        f"{county}{following:03d}" if following in segment else None,
        f"{county}{highest:03d}" if used else None,
        tuple(f"{county}{number:03d}" for number in range(segment.start, highest) if number not in used),
    )


def propose_each(county: str, unit_types: Sequence[str], ever_used: Iterable[str]) -> tuple[Proposal, ...]:
    """Codes for several units of one decision, in their order; none is proposed twice."""
    used = set(ever_used)
    proposals = []
    for unit_type in unit_types:
        proposal = propose(county, unit_type, used)
        proposals.append(proposal)
        if proposal.code:
            used.add(proposal.code)
    return tuple(proposals)


def check_proposal(proposal: Proposal) -> list[Finding]:
    """CODE-03: what the person who asks for a code should know of the proposal."""
    if proposal.unit_type not in TOWNSHIP_SEGMENTS:
        return [
            _finding(Severity.WARN, "no_segment", "该建制类型没有已知的代码段，代码由省民政厅确定。",
                     "No segment of codes is known for this type; the provincial department determines the code.", proposal)
        ]  # fmt: skip
    if proposal.code is None:
        return [
            _finding(Severity.WARN, "segment_full",
                     f"代码段已用到末位（{proposal.highest}），不能顺延；曾用代码不得再用，请省民政厅确定。",
                     f"The segment is used up to its end ({proposal.highest}); ask the provincial department for a code.", proposal)
        ]  # fmt: skip
    if proposal.highest is None:
        return [
            _finding(Severity.INFO, "segment_empty", f"登记中该段尚无代码，建议首码{proposal.code}，请核对历史代码。",
                     f"No code of this segment is known; {proposal.code} is its first. Check the history.", proposal)
        ]  # fmt: skip
    return []


def _finding(severity: Severity, code: str, zh: str, en: str, proposal: Proposal) -> Finding:
    return Finding("CODE-03", severity, BASIS, code, zh, en, proposal.county)
