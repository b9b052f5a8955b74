"""Debian packages: what is missing is installed as root or through sudo; with neither, the exact command is told."""

from __future__ import annotations

import ctypes.util
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from prepare import postgres
from prepare.console import SetupError, run_logged, say

FONTS = Path("/usr/share/fonts")
# Read by postgresql-common when a server package is first installed.
CREATECLUSTER_CONFIGURATION = Path("/etc/postgresql-common/createcluster.d/yudi.conf")


@dataclass(frozen=True)
class Requirement:
    """Something a machine must have. Any source of it will do; the packages are what is installed when it is absent."""

    packages: tuple[str, ...]
    is_met: Callable[[], bool]


def _program(name: str) -> Callable[[], bool]:
    return lambda: shutil.which(name) is not None


VENV = Requirement(("python3-venv",), lambda: importlib.util.find_spec("ensurepip") is not None)
CAIRO = Requirement(("libcairo2",), lambda: ctypes.util.find_library("cairo") is not None)
GETTEXT = Requirement(("gettext",), _program("msgfmt"))
DATABASE = Requirement(("postgresql-15", "postgresql-15-postgis-3"), lambda: bool(postgres.installations()))
BROWSER = Requirement(("chromium",), _program("chromium"))
CHINESE_FONTS = Requirement(("fonts-noto-cjk",), lambda: any(FONTS.rglob("NotoSansCJK*")))
OGR2OGR = Requirement(("gdal-bin",), _program("ogr2ogr"))


def unmet(requirements: Iterable[Requirement]) -> list[Requirement]:
    return [requirement for requirement in requirements if not requirement.is_met()]


def missing_packages(requirements: Iterable[Requirement]) -> list[str]:
    """Names of the packages that would meet what is unmet, less those installed already."""
    return [name for requirement in unmet(requirements) for name in requirement.packages if not _is_installed(name)]


def install(requirements: Iterable[Requirement], log: Path) -> None:
    requirements = list(requirements)
    packages = missing_packages(requirements)
    if packages:
        _install_packages(packages, log)
    if still := unmet(requirements):
        names = " ".join(name for requirement in still for name in requirement.packages)
        raise SetupError(f"已安装但仍不能使用：{names}", f"Installed, and still not usable: {names}")


def _install_packages(packages: list[str], log: Path) -> None:
    apt = ["apt-get", "install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300", *packages]
    prefix = _administrator() if shutil.which("apt-get") else None
    if prefix is None:
        names = " ".join(packages)
        command = f"apt-get install --no-install-recommends {names}"
        raise SetupError(
            f"缺少软件包：{names}。请由管理员执行下面的命令，然后再运行一次。",
            f"Packages are missing. Let an administrator run this, then call again: {command}",
        )
    say(f"安装软件包：{' '.join(packages)}", "Installing Debian packages, this may take minutes")
    with _no_machine_cluster(prefix, log) if "postgresql-15" in packages else _nothing():
        run_logged([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "dpkg", "--configure", "-a"], log)  # after an interruption
        updated = not _lists_know(packages)
        if updated:
            run_logged([*prefix, "apt-get", "update"], log)
        try:
            run_logged([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *apt], log)
        except SetupError:
            if updated:
                raise
            # The lists named versions that the archive no longer has.
            run_logged([*prefix, "apt-get", "update"], log)
            run_logged([*prefix, "env", "DEBIAN_FRONTEND=noninteractive", *apt], log)


def _is_installed(package: str) -> bool:
    if not shutil.which("dpkg-query"):
        return False
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip() == "installed"


def _lists_know(packages: Sequence[str]) -> bool:
    command = ["apt-get", "install", "--simulate", "--no-install-recommends", *packages]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _administrator() -> list[str] | None:
    """What to put before a command to run it as root; None when this user cannot."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        return None
    if subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0:
        return ["sudo", "-n"]
    if not sys.stdin.isatty():
        return None
    say("安装软件包需要管理员权限，请输入密码", "Installing packages needs administrator rights, please give your password")
    return ["sudo"] if subprocess.run(["sudo", "-v"], check=False).returncode == 0 else None


@contextmanager
def _no_machine_cluster(prefix: list[str], log: Path) -> Iterator[None]:
    """Keeps Debian's package from making a cluster of the machine that nobody asked for; what exists is not touched."""
    write = 'mkdir -p "$(dirname "$1")" && echo "create_main_cluster = false  # while Yudi installs PostgreSQL" > "$1"'
    run_logged([*prefix, "sh", "-c", write, "sh", CREATECLUSTER_CONFIGURATION], log)
    try:
        yield
    finally:
        run_logged([*prefix, "rm", "-f", CREATECLUSTER_CONFIGURATION], log)


@contextmanager
def _nothing() -> Iterator[None]:
    yield
