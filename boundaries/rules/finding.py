"""What a rule says about a case: one sentence with the rule's identifier, its weight and its basis."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs. BLOCK stops the step it was raised in; WARN asks for a reason; INFO only tells."""

    BLOCK = "block"
    WARN = "warn"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding of one rule, in Chinese and English.

    rule: identifier in the register (``boundaries.rules.registry``), for example ``CHG-DOC-01``.
    code: stable machine name of what is wrong, for example ``attachment_missing``.
    subject: what the finding is about (an indicator, an attachment class, a unit), empty when it is the case itself.
    """

    rule: str
    severity: Severity
    basis: str
    code: str
    message_zh: str
    message_en: str
    subject: str = ""

    def as_dict(self) -> dict[str, str]:
        return {
            "rule": self.rule,
            "severity": self.severity.value,
            "basis": self.basis,
            "code": self.code,
            "message": self.message_zh,
            "message_en": self.message_en,
            "subject": self.subject,
        }


def blocks(findings: tuple[Finding, ...] | list[Finding]) -> bool:
    """True when at least one finding forbids the step."""
    return any(finding.severity is Severity.BLOCK for finding in findings)
