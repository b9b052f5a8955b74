from importers.models.batch import Batch

__all__ = ["Batch"]
