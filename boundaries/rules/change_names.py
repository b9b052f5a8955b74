"""CHG-NAME-01: a renaming changes the specific part (专名) of a name only; what changes the generic term is another act."""

from __future__ import annotations

from boundaries.rules.finding import Finding, Severity
from boundaries.rules.names import split

BASIS_65_2 = "行政区划管理条例实施办法（民政部令第65号）第二条"


def check_rename(old: str, new: str, level: int) -> list[Finding]:
    """Findings on a renaming of a unit of `level` (1 province … 5 village)."""
    before, after = split(old.strip(), level), split(new.strip(), level)
    if before.key == after.key:
        return [_finding(Severity.WARN, "name_unchanged", f"“{old}”与“{new}”是同一名称。", f"“{old}” and “{new}” are one name.")]
    if "unknown" in (before.type, after.type):
        return [
            _finding(Severity.WARN, "generic_unknown",
                     f"从“{old}”或“{new}”看不出通名，是否仅专名变更由人认定。",
                     f"“{old}” or “{new}” shows no generic term; a person judges whether only the specific part changes.")
        ]  # fmt: skip
    if before.type != after.type:
        return [
            _finding(Severity.BLOCK, "generic_changes",
                     f"“{old}”改为“{new}”，通名由“{before.generic}”变为“{after.generic}”，不是更名；应作为撤销并设立（改变建制类型）。",
                     f"From “{old}” to “{new}” the generic term changes: that is no renaming but a change of type.")
        ]  # fmt: skip
    if _plain(before.generic) != _plain(after.generic):
        # 回族区 → 区: whether a people's name is part of the generic term is said by no text seen.
        return [
            _finding(Severity.WARN, "generic_differs",
                     f"通名由“{before.generic}”变为“{after.generic}”，是否仅专名变更由人认定。",
                     f"The generic term goes from “{before.generic}” to “{after.generic}”; a person judges.")
        ]  # fmt: skip
    return []


def _plain(generic: str) -> str:
    return generic.removesuffix("办事处") or generic


def _finding(severity: Severity, code: str, zh: str, en: str) -> Finding:
    return Finding("CHG-NAME-01", severity, BASIS_65_2, code, zh, en, "name")
