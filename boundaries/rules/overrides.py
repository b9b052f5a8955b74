"""Which findings a person may override, and by what.

A warning asks for a reason. A block gives way only where its rule says so (`Rule.waivers`), to a document and a reason. A warning
that has a waiver asks for the document too. Information needs no answer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.registry import rules
from boundaries.rules.rule import Waiver


@dataclass(frozen=True, slots=True)
class Override:
    """A person's answer to findings of a rule. Empty `code` or `subject` = any; `document` is its number or title."""

    rule: str
    document: str
    reason: str
    code: str = ""
    subject: str = ""

    def concerns(self, finding: Finding) -> bool:
        return (
            self.rule == finding.rule
            and self.code in ("", finding.code)
            and self.subject in ("", finding.subject)
            and finding.severity is not Severity.INFO
        )


class Refusal(StrEnum):
    """Why an override does not settle a finding."""

    NOT_ALLOWED = "not_allowed"
    NO_REASON = "no_reason"
    NO_DOCUMENT = "no_document"


REFUSAL_TEXTS: dict[Refusal, tuple[str, str]] = {
    Refusal.NOT_ALLOWED: ("该项不得放行。", "This finding cannot be overridden."),
    Refusal.NO_REASON: ("须说明理由。", "Give the reason."),
    Refusal.NO_DOCUMENT: ("须有文件依据。", "A document is needed."),
}


def waiver_of(finding: Finding) -> Waiver | None:
    """What would let this finding pass; None where no document does."""
    rule = rules().get(finding.rule)
    return next((one for one in rule.waivers if one.code == finding.code), None) if rule else None


def refusal(finding: Finding, override: Override) -> Refusal | None:
    """Why `override` does not settle `finding`, None when it does. Asked for a pair that `concerns` each other."""
    waiver = waiver_of(finding)
    if finding.severity is Severity.BLOCK and waiver is None:
        return Refusal.NOT_ALLOWED
    if not override.reason.strip():
        return Refusal.NO_REASON
    if waiver is not None and not override.document.strip():
        return Refusal.NO_DOCUMENT
    return None


def unresolved(findings: Iterable[Finding], overrides: Iterable[Override]) -> list[Finding]:
    """The blocks and warnings that no override settles, in their order."""
    answers = tuple(overrides)
    return [
        finding
        for finding in findings
        if finding.severity is not Severity.INFO
        and not any(answer.concerns(finding) and refusal(finding, answer) is None for answer in answers)
    ]


def refused(findings: Iterable[Finding], overrides: Iterable[Override]) -> list[tuple[Override, Finding, Refusal]]:
    """Each override that was given for a finding and does not settle it, with the cause, for the person who gave it."""
    answers = tuple(overrides)
    return [
        (answer, finding, cause)
        for finding in findings
        for answer in answers
        if answer.concerns(finding) and (cause := refusal(finding, answer)) is not None
    ]
