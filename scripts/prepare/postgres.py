"""Which PostgreSQL with PostGIS this machine has."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

OLDEST_POSTGRESQL = 15
OLDEST_POSTGIS = (3, 3)
EXTENSIONS = ("postgis", "btree_gist", "pg_trgm")
DEBIAN_ROOT = Path("/usr/lib/postgresql")
DEBIAN_SHARE = Path("/usr/share/postgresql")


@dataclass(frozen=True, order=True)
class Installation:
    major: int
    bin: Path
    share: Path

    def program(self, name: str) -> str:
        return str(self.bin / name)

    def is_usable(self) -> bool:
        """New enough, with a new enough PostGIS and the other extensions that the migrations rely on."""
        if self.major < OLDEST_POSTGRESQL or not all((self.bin / name).exists() for name in ("initdb", "pg_ctl", "psql")):
            return False
        controls = {name: self.share / "extension" / f"{name}.control" for name in EXTENSIONS}
        if not all(control.is_file() for control in controls.values()):
            return False
        version = re.search(r"default_version\s*=\s*'(\d+)\.(\d+)", controls["postgis"].read_text("utf-8"))
        return version is not None and (int(version[1]), int(version[2])) >= OLDEST_POSTGIS


def installations() -> list[Installation]:
    """Usable ones, newest first: Debian's side-by-side versions, then the one `pg_config` on the search path tells of."""
    found = [
        Installation(int(root.name), root / "bin", DEBIAN_SHARE / root.name)
        for root in DEBIAN_ROOT.glob("*")
        if root.name.isdigit()
    ]
    usable = sorted((one for one in found if one.is_usable()), reverse=True)
    return usable or [one for one in _from_pg_config() if one.is_usable()]


def _from_pg_config() -> list[Installation]:
    if not shutil.which("pg_config"):
        return []
    command = ["pg_config", "--version", "--bindir", "--sharedir"]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout.splitlines()
    version = re.search(r"(\d+)", told[0]) if len(told) == 3 else None
    return [Installation(int(version[1]), Path(told[1]), Path(told[2]))] if version else []
