"""The ordinary user whom the database belongs to. PostgreSQL refuses to run as root, so root hands it to a system user."""

from __future__ import annotations

import os
import pwd
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from prepare.console import SetupError, say

# Debian's server packages make the first; the second is ours, made when PostgreSQL came another way.
SYSTEM_USERS = ("postgres", "yudi")


@dataclass(frozen=True)
class Owner:
    uid: int
    gid: int

    @classmethod
    def of(cls, folder: Path) -> Owner:
        status = folder.stat()
        return cls(status.st_uid, status.st_gid)

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Runs a command as this user, without the PG… variables of the caller that would mislead the client programs."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment |= {"LC_ALL": "C.UTF-8", "PGCONNECT_TIMEOUT": "10"}
        identity: dict[str, Any] = {}
        if os.geteuid() == 0 and self.uid != 0:
            identity = {"user": self.uid, "group": self.gid, "extra_groups": [self.gid]}
        options.setdefault("capture_output", True)
        if "input" not in options:
            options.setdefault("stdin", subprocess.DEVNULL)
        return subprocess.run(command, text=True, check=False, cwd="/", env=environment, **identity, **options)

    def may_enter(self, folder: Path) -> bool:
        return self.run(["test", "-x", folder]).returncode == 0

    def make_folder(self, folder: Path) -> None:
        """A folder only this user may enter. What already stands there must be exactly that: /tmp is open to everyone."""
        folder.mkdir(mode=0o700, exist_ok=True)
        if os.geteuid() == 0 and folder.lstat().st_uid == 0:
            os.chown(folder, self.uid, self.gid, follow_symlinks=False)
        status = folder.lstat()
        if status.st_uid != self.uid or not folder.is_dir() or folder.is_symlink() or status.st_mode & 0o077:
            raise SetupError(
                f"{folder} 已存在，但不是数据库用户独有的文件夹；请检查后删除它",
                f"{folder} exists but is not a folder of the database's user alone; check it and remove it",
            )


def choose(existing_data: Path) -> Owner:
    """Whoever owns the data already; else this user; for root a system user, made when the machine has none."""
    if os.geteuid() != 0:
        return Owner(os.geteuid(), os.getegid())
    if existing_data.exists():
        return Owner.of(existing_data)
    for name in SYSTEM_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(entry.pw_uid, entry.pw_gid)
    name = SYSTEM_USERS[-1]
    say(f"创建运行数据库的系统用户 {name}", f"Making the system user {name} that runs the database")
    command = ["useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", name]
    made = subprocess.run(command, capture_output=True, text=True, check=False)
    if made.returncode:
        raise SetupError(f"无法创建系统用户 {name}", f"Cannot make the system user {name}", made.stderr)
    entry = pwd.getpwnam(name)
    return Owner(entry.pw_uid, entry.pw_gid)
