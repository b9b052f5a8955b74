"""Steps that are carried out only when needed, and by one process at a time."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prepare.console import SetupError, say


@dataclass(frozen=True)
class Step:
    """`needed` is cheap and is asked again once the lock is held, because another process may have done the work meanwhile."""

    needed: Callable[[], bool]
    do: Callable[[], None]


@contextmanager
def exclusive(lock: Path) -> Iterator[None]:
    """Holds `lock` for this process; waits, and says so, while another process has it. The kernel frees it when a process dies."""
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = lock.open("a")
    except PermissionError as error:
        raise SetupError(
            f"当前用户不能写入 {lock.parent}；请用创建它的用户运行，或改变其所有者",
            f"This user may not write to {lock.parent}; run as the user who made it, or change its owner",
        ) from error
    with handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个进程正在准备环境，等待其完成……", "Another process is preparing the environment, waiting for it…")
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def carry_out(steps: Iterable[Step], lock: Path) -> None:
    for step in steps:
        if step.needed():
            with exclusive(lock):
                if step.needed():
                    step.do()
