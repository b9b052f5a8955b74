"""Which findings on a name a person may answer in a case, and by what; the words and the refusals are those of all the office.

A warning takes a reason. A block takes a document and a reason where the rule leaves it to a person; else the name, the papers or
the application must change.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.overrides import Override, Refusal

# (rule, code) → what document lets it pass, in Chinese and English.
WAIVERS: Final = {
    ("NAME-CHR-01", "not_standard"): ("审音、用字决定", "the decision on the character"),
    ("PY-02", "polyphone_open"): ("审音决定或读音认定", "who settled the reading, and how"),
    ("PY-02", "reading_differs"): ("审音决定或读音认定", "who settled the reading, and how"),
}
# Warnings that are settled by a document too: a person vouches that there is no link.
_WITH_DOCUMENT: Final = frozenset({"NAME-PER-02", "NAME-COM-01"})


def document_asked(finding: Finding) -> tuple[str, str] | None:
    """What document an answer needs, None for none."""
    if (words := WAIVERS.get((finding.rule, finding.code))) is not None:
        return words
    return ("没有特定联系的证明", "what shows that there is no link") if finding.rule in _WITH_DOCUMENT else None


def refusal(finding: Finding, answer: Override) -> Refusal | None:
    """Why `answer` does not settle `finding`, None where it does. Asked for a pair that `concerns` each other."""
    wanted = document_asked(finding)
    if finding.severity is Severity.BLOCK and (finding.rule, finding.code) not in WAIVERS:
        return Refusal.NOT_ALLOWED
    if not answer.reason.strip():
        return Refusal.NO_REASON
    if wanted is not None and not answer.document.strip():
        return Refusal.NO_DOCUMENT
    return None


def answerable(finding: Finding) -> bool:
    return finding.severity is Severity.WARN or (finding.rule, finding.code) in WAIVERS


def answer_to(finding: Finding, answers: Sequence[Override]) -> int | None:
    """The place among `answers` of the one that settles `finding`."""
    return next(
        (index for index, one in enumerate(answers) if one.concerns(finding) and refusal(finding, one) is None),
        None,
    )


def unsettled(findings: Iterable[Finding], answers: Sequence[Override]) -> list[Finding]:
    """Blocks and warnings that no answer settles."""
    return [one for one in findings if one.severity is not Severity.INFO and answer_to(one, answers) is None]
