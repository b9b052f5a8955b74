"""The way of a file through an import, as one readable table.

A step of the worker (`by_worker`) ends where the table says when it succeeds; when it fails, the batch stays where it was and says
why.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from boundaries.rules import ways
from boundaries.rules.ways import Way


class State(StrEnum):
    RECEIVED = "received"
    UNREADABLE = "unreadable"
    INSPECTED = "inspected"
    PREPARED = "prepared"
    CHECKED = "checked"
    COMMITTED = "committed"
    UNDONE = "undone"
    DISCARDED = "discarded"


class Action(StrEnum):
    INSPECT = "inspect"
    REFUSE = "refuse"
    CHOOSE = "choose"
    READ = "read"
    SET_UP = "set_up"
    CHECK = "check"
    EDIT = "edit"
    REPAIR = "repair"
    ADOPT = "adopt"
    WITHDRAW = "withdraw"
    COMMIT = "commit"
    UNDO = "undo"
    DISCARD = "discard"


@dataclass(frozen=True, slots=True)
class Edge(ways.Edge[Action, State]):
    title_zh: str
    title_en: str
    by_worker: bool = False


EDGES = Way(
    (
        Edge(Action.INSPECT, State.RECEIVED, State.INSPECTED, "识别文件", "Look into the file", by_worker=True),
        *(
            Edge(Action.INSPECT, start, State.INSPECTED, "重新识别文件", "Look into the file once more", by_worker=True)
            for start in (State.INSPECTED, State.PREPARED, State.CHECKED)
        ),
        Edge(Action.REFUSE, State.RECEIVED, State.UNREADABLE, "无法读取", "Cannot be read", by_worker=True),
        Edge(Action.CHOOSE, State.INSPECTED, State.INSPECTED, "选择用途", "Choose what it is"),
        Edge(Action.READ, State.INSPECTED, State.INSPECTED, "读取所选图层", "Read the chosen layer", by_worker=True),
        Edge(Action.SET_UP, State.INSPECTED, State.PREPARED, "确定选项和字段", "Set options and fields"),
        Edge(Action.CHECK, State.PREPARED, State.CHECKED, "检查并试运行", "Check and try", by_worker=True),
        Edge(Action.EDIT, State.CHECKED, State.PREPARED, "改单元格、跳过行", "Edit a cell, skip a row"),
        Edge(Action.EDIT, State.PREPARED, State.PREPARED, "改单元格、跳过行", "Edit a cell, skip a row"),
        Edge(Action.REPAIR, State.CHECKED, State.CHECKED, "预览拓扑修复", "Preview a repair of the shapes", by_worker=True),
        Edge(Action.ADOPT, State.CHECKED, State.PREPARED, "采用修复", "Adopt the repair"),
        Edge(Action.WITHDRAW, State.CHECKED, State.PREPARED, "撤回修复", "Withdraw the repair"),
        Edge(Action.WITHDRAW, State.PREPARED, State.PREPARED, "撤回修复", "Withdraw the repair"),
        Edge(Action.CHOOSE, State.PREPARED, State.INSPECTED, "重新选择", "Choose again"),
        Edge(Action.CHOOSE, State.CHECKED, State.INSPECTED, "重新选择", "Choose again"),
        Edge(Action.CHECK, State.CHECKED, State.CHECKED, "重新检查", "Check again", by_worker=True),
        Edge(Action.COMMIT, State.CHECKED, State.COMMITTED, "导入", "Commit", by_worker=True),
        Edge(Action.UNDO, State.COMMITTED, State.UNDONE, "撤销整批", "Undo the whole batch", by_worker=True),
        *(
            Edge(Action.DISCARD, start, State.DISCARDED, "放弃", "Discard")
            for start in (State.RECEIVED, State.UNREADABLE, State.INSPECTED, State.PREPARED, State.CHECKED)
        ),
    )
)

# A batch in one of these stands for its file: bringing the file again leads to it.
LIVE = frozenset({State.RECEIVED, State.INSPECTED, State.PREPARED, State.CHECKED, State.COMMITTED})

edge = EDGES.edge


def actions_from(state: str) -> frozenset[str]:
    return frozenset(edge.action.value for edge in EDGES.edges_from(state))
