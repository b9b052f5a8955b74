from importers.models.batch import Batch
from importers.models.staged import BatchState, Outcome, RememberedMapping, StagedBatch, StagedRow

__all__ = ["Batch", "BatchState", "Outcome", "RememberedMapping", "StagedBatch", "StagedRow"]
