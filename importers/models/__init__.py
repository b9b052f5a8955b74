from importers.models.batch import Batch
from importers.models.staged import INSPECTION_FORM, BatchState, Outcome, RememberedMapping, StagedBatch, StagedRow
from importers.models.topology import FindingKind, RepairedShape, RepairState, StagedFinding, StagedRepair

__all__ = [
    "INSPECTION_FORM",
    "Batch",
    "BatchState",
    "FindingKind",
    "Outcome",
    "RememberedMapping",
    "RepairState",
    "RepairedShape",
    "StagedBatch",
    "StagedFinding",
    "StagedRepair",
    "StagedRow",
]
