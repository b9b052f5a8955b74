"""What a file may become. Each target is one class; an app registers its own when it is ready."""

from importers.targets.target import (
    ERROR,
    INFO,
    TRACKS,
    WARNING,
    Committed,
    Option,
    Role,
    RowVerdict,
    Staged,
    Target,
    Verdict,
    all_targets,
    register,
    target_of,
)

__all__ = [
    "ERROR",
    "INFO",
    "TRACKS",
    "WARNING",
    "Committed",
    "Option",
    "Role",
    "RowVerdict",
    "Staged",
    "Target",
    "Verdict",
    "all_targets",
    "register",
    "target_of",
]
