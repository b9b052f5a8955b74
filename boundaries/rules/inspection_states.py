"""The way of a joint inspection from the plan to the filed report, as one readable table; each edge names the clause it stands on.

The steps between the inspection on the ground and the filing are office practice: the articles of 民政部令第28号 that would
tell them (第七条 and after) were not seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules.ways import PRACTICE_EN, PRACTICE_ZH, OfficeEdge, Way


class State(StrEnum):
    PLANNED = "planned"
    IN_FIELD = "in_field"
    REVIEWING = "reviewing"
    SIGNED = "signed"
    FILED = "filed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    START = "start"
    REVIEW = "review"
    BACK = "back"
    SIGN = "sign"
    CHANGED = "changed"
    REOPEN = "reopen"
    FILE = "file"
    CANCEL = "cancel"
    RESTORE = "restore"


class Role(StrEnum):
    """Who walks an edge.

    PLANNER: whoever manages divisions on either side. FIELD: who inspects or manages on either side. SIGNER: who reviews, each for
    the own side only; the edge is walked when the last side has signed. NOBODY: it comes of itself when the record changes.
    """

    PLANNER = "planner"
    FIELD = "field"
    SIGNER = "signer"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Edge(OfficeEdge[Action, State, Role]):
    """`revokes`: signatures given so far do not hold any more."""

    revokes: bool = False


_CYCLE_ZH = "《行政区域界线管理条例》第十二条"
_CYCLE_EN = "Regulations on Boundaries, art. 12"
_CONTENT_ZH = "《省级行政区域界线联合检查实施办法》第三条（县、市界参照）"
_CONTENT_EN = "Measures for Joint Inspection of Provincial Boundaries, art. 3 (lower lines by analogy)"

EDGES = Way((
    Edge(Action.START, State.PLANNED, State.IN_FIELD, Role.FIELD, "开始外业", "Start field work", _CYCLE_ZH, _CYCLE_EN),
    Edge(Action.REVIEW, State.IN_FIELD, State.REVIEWING, Role.FIELD, "提交各方核对", "Hand to the sides for review",
         _CONTENT_ZH, _CONTENT_EN),
    Edge(Action.BACK, State.REVIEWING, State.IN_FIELD, Role.FIELD, "退回外业补查", "Back to the field", PRACTICE_ZH, PRACTICE_EN,
         note_required=True, revokes=True),
    Edge(Action.SIGN, State.REVIEWING, State.SIGNED, Role.SIGNER, "各方签署", "All sides sign", _CYCLE_ZH, _CYCLE_EN),
    Edge(Action.CHANGED, State.SIGNED, State.REVIEWING, Role.NOBODY, "内容变动，签署撤回", "Changed: signatures revoked",
         PRACTICE_ZH, PRACTICE_EN, revokes=True),
    Edge(Action.REOPEN, State.SIGNED, State.REVIEWING, Role.PLANNER, "重新核对", "Review again", PRACTICE_ZH, PRACTICE_EN,
         note_required=True, revokes=True),
    Edge(Action.FILE, State.SIGNED, State.FILED, Role.PLANNER, "登记备案", "Record the filing", _CYCLE_ZH, _CYCLE_EN),
    *(
        Edge(Action.CANCEL, start, State.CANCELLED, Role.PLANNER, "取消本次联检", "Cancel", PRACTICE_ZH, PRACTICE_EN,
             note_required=True, revokes=True)
        for start in (State.PLANNED, State.IN_FIELD, State.REVIEWING)
    ),
    Edge(Action.RESTORE, State.CANCELLED, State.PLANNED, Role.PLANNER, "恢复为计划", "Restore", PRACTICE_ZH, PRACTICE_EN,
         note_required=True),
))  # fmt: skip

# What is found in the field is recorded in these; late uploads may still change a record that is being signed.
RECORDING = (State.IN_FIELD, State.REVIEWING, State.SIGNED)
# The team, the days and the stretch may still be arranged.
ARRANGING = (State.PLANNED, State.IN_FIELD)
ENDED = (State.FILED, State.CANCELLED)

# What may happen next, in the order of the table; and one step.
edges_from, edge = EDGES.edges_from, EDGES.edge
