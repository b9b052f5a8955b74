"""Where things lie. Everything the preparation makes is under one state folder: var/ in the checkout, or `YUDI_STATE_DIR`."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class Paths:
    checkout: Path
    state: Path

    @classmethod
    def of_this_checkout(cls) -> Paths:
        return cls(CHECKOUT, Path(os.environ.get("YUDI_STATE_DIR") or CHECKOUT / "var").resolve())

    @property
    def locks(self) -> Path:
        """Lock files of the Python packages (pinned versions with hashes)."""
        return self.checkout / "scripts" / "locks"

    @property
    def manage_py(self) -> Path:
        return self.checkout / "manage.py"

    @property
    def venv(self) -> Path:
        return self.state / "venv"

    @property
    def bench_venv(self) -> Path:
        return self.state / "venv-bench"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def npm(self) -> Path:
        return self.state / "npm"

    @property
    def vendor(self) -> Path:
        """Front-end files that the web server hands out below static/vendor/."""
        return self.state / "assets" / "vendor"

    @property
    def stamps(self) -> Path:
        return self.state / "stamps"

    @property
    def logs(self) -> Path:
        return self.state / "log"

    @property
    def cluster_home(self) -> Path:
        return self.state / "pg"

    @property
    def cluster_description(self) -> Path:
        """Read by gis.settings.database when `DATABASE_URL` is not set."""
        return self.state / "cluster.json"
