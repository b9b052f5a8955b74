"""At which step a rule's findings must be answered. Everything is shown from the first preview on; a step asks for its own only.

A decision is often entered from its paper, years later: what its application once held is not asked for again when it is
enacted. A code may come up to a month after the approval (CHG-DL-02), so a missing one holds up the closing of the case and
not its effect in law. That rules belong to steps is our arrangement; what each demands is the law's. See docs/decisions/0021.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum

from boundaries.rules.finding import Finding


class Stage(StrEnum):
    SUBMIT = "submit"
    ENACT = "enact"
    CLOSE = "close"


_SUBMIT, _ENACT, _CLOSE = frozenset({Stage.SUBMIT}), frozenset({Stage.ENACT}), frozenset({Stage.CLOSE})
_BOTH = _SUBMIT | _ENACT

STAGES: Mapping[str, frozenset[Stage]] = {
    "BND-LIN-01": _CLOSE,
    "CHG-AUTH-01": _ENACT,
    "CHG-AUTH-02": _ENACT,
    "CHG-AUTH-03": _SUBMIT,
    "CHG-AUTH-04": _BOTH,
    "CHG-BND-05": _BOTH,
    "CHG-CONS-01": _SUBMIT,
    "CHG-DL-01": _CLOSE,
    "CHG-DL-02": _CLOSE,
    "CHG-DL-03": _CLOSE,
    "CHG-DL-04": _CLOSE,
    "CHG-DL-05": _CLOSE,
    "CHG-DOC-01": _SUBMIT,
    "CHG-DOC-02": _SUBMIT,
    "CHG-DOC-03": _SUBMIT,
    "CHG-ETH-01": _BOTH,
    "CHG-ETH-02": _SUBMIT,
    "CHG-NAME-01": _BOTH,
    "CHG-NO-01": _ENACT,
    "CHG-PLAN-01": _SUBMIT,
    "CHG-PLAN-02": _BOTH,
    "CHG-PLAN-03": _SUBMIT,
    "CHG-PLAN-04": _SUBMIT,
    "CHG-SEAT-01": _SUBMIT,
    "CHG-TXT-01": _ENACT,
    "CODE-01": _ENACT,
    "CODE-02": _ENACT,
    "CODE-03": _ENACT,
    "CODE-04": _ENACT,
    "CODE-05": _ENACT,
    "CODE-06": _ENACT,
    "CODE-07": _ENACT,
    "CODE-08": _ENACT,
    "CODE-09": _ENACT,
}
# A code nobody has given yet.
_LATER: Mapping[tuple[str, str], frozenset[Stage]] = {
    ("CODE-03", "code_not_assigned"): _CLOSE,
    ("CODE-06", "code_not_assigned"): _CLOSE,
    ("CODE-06", "code_not_closed"): _CLOSE,
}


def stages_of(finding: Finding) -> frozenset[Stage]:
    """The steps that ask for an answer. Rules of other chapters ask at none."""
    return _LATER.get((finding.rule, finding.code), STAGES.get(finding.rule, frozenset()))


def due_at(stage: Stage, findings: Iterable[Finding]) -> list[Finding]:
    return [finding for finding in findings if stage in stages_of(finding)]
