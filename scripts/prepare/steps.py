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


class SetupLock:
    """One process at a time; the kernel frees the lock when its holder dies, however that happens."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._told = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Waits, and says so once, while another process has it. Raises SetupError when this user may not write there."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handle = self.path.open("a")
        except PermissionError as error:
            raise SetupError(
                f"当前用户不能写入 {self.path.parent}；请用创建它的用户运行，或改变其所有者",
                f"This user may not write to {self.path.parent}; run as the user who made it, or change its owner",
            ) from error
        with handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if not self._told:
                    say("另一个进程正在准备环境，等待其完成……", "Another process is preparing the environment, waiting for it…")
                self._told = True
                fcntl.flock(handle, fcntl.LOCK_EX)
            yield


def carry_out(steps: Iterable[Step], lock: SetupLock) -> None:
    for step in steps:
        if step.needed():
            with lock.held():
                if step.needed():
                    step.do()
