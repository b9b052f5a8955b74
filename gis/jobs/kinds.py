"""The kinds of long work the apps know. Each app registers its own when it is ready."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

# Called as handler(job, **payload); gives what the job page shows: JSON-able, with "message" as the closing sentence.
Handler = Callable[..., dict[str, Any] | None]


@dataclass(frozen=True)
class Kind:
    """`restartable` says that running it again after an interruption does no harm: true of work in one transaction.

    `attempts` bounds how often that is tried. `result_template` shows `job.result` on the job page.
    """

    key: str
    title: str | Promise
    handler: Handler
    restartable: bool = True
    attempts: int = 3
    result_template: str = ""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    if _kinds.get(kind.key, kind) != kind:
        raise RuntimeError(f"the kind of job {kind.key} is registered twice")
    _kinds[kind.key] = kind


def known(key: str) -> Kind | None:
    """None for a kind that an earlier version had; its jobs stay readable."""
    return _kinds.get(key)


def kind_of(key: str) -> Kind:
    try:
        return _kinds[key]
    except KeyError:
        raise RuntimeError(f"no app registered the kind of job {key!r} (gis.jobs.kinds.register)") from None
