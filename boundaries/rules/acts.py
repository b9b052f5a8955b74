"""The kinds of acts a decision (批复) is made of, in the words of the Regulations and of Henan's decisions."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum


class ActKind(StrEnum):
    ESTABLISH = "establish"
    ABOLISH = "abolish"
    RENAME = "rename"
    CHANGE_TYPE = "change_type"
    TRANSFER_VILLAGES = "transfer_villages"
    CHANGE_BOUNDARY = "change_boundary"
    CHANGE_AFFILIATION = "change_affiliation"
    MOVE_SEAT = "move_seat"
    RECODE = "recode"
    SPLIT = "split"
    MERGE = "merge"


class StatutoryChange(StrEnum):
    """What the Regulations (704号 §6–10, 65号令 §2) know as a change; `ActKind` is finer."""

    EXISTENCE = "existence"
    RENAME = "rename"
    AFFILIATION = "affiliation"
    BOUNDARY = "boundary"
    SEAT = "seat"


# A change of type abolishes one unit and establishes another; villages that move take the boundary with them.
STATUTORY: Mapping[ActKind, StatutoryChange | None] = {
    ActKind.ESTABLISH: StatutoryChange.EXISTENCE,
    ActKind.ABOLISH: StatutoryChange.EXISTENCE,
    ActKind.CHANGE_TYPE: StatutoryChange.EXISTENCE,
    ActKind.SPLIT: StatutoryChange.EXISTENCE,
    ActKind.MERGE: StatutoryChange.EXISTENCE,
    ActKind.RENAME: StatutoryChange.RENAME,
    ActKind.CHANGE_AFFILIATION: StatutoryChange.AFFILIATION,
    ActKind.TRANSFER_VILLAGES: StatutoryChange.BOUNDARY,
    ActKind.CHANGE_BOUNDARY: StatutoryChange.BOUNDARY,
    ActKind.MOVE_SEAT: StatutoryChange.SEAT,
    ActKind.RECODE: None,
}
