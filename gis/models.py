"""The models of the shared rooms, gathered for Django."""

from gis.accounts.models import Duty, DutyAssignment, User
from gis.audit.models import AuditEntry
from gis.files.models import StoredFile, Upload, UploadChunk, UploadState
from gis.jobs.models import Job, JobState
from gis.services.throttle_counts import ThrottleCount

__all__ = [
    "AuditEntry",
    "Duty",
    "DutyAssignment",
    "Job",
    "JobState",
    "StoredFile",
    "ThrottleCount",
    "Upload",
    "UploadChunk",
    "UploadState",
    "User",
]
