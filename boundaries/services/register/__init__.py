"""Writing the register of divisions in bulk, on two clocks.

`record_snapshot` takes a list that says what was there on one day and brings the register into agreement with it: new units,
changes of legal time, corrections of recording time. Nothing is ever overwritten: a row that no longer holds is closed and
followed by others. `record_history` takes whole lives of units, with their lineage, as documents and yearly tables tell them.
"""

from boundaries.services.register.histories import Conflict, Recorded, record_history
from boundaries.services.register.observations import Observation, Outcome, Refusal, Snapshot
from boundaries.services.register.snapshots import record_snapshot
from boundaries.services.register.undoing import Obstacle, Undone, obstacles, rows_closed_by, undo
from boundaries.services.register.writing import lock as wait_for_writers

__all__ = [
    "Conflict",
    "Observation",
    "Obstacle",
    "Outcome",
    "Recorded",
    "Refusal",
    "Snapshot",
    "Undone",
    "obstacles",
    "record_history",
    "record_snapshot",
    "rows_closed_by",
    "undo",
    "wait_for_writers",
]
