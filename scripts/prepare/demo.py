"""The demo county: loaded into an empty database by `manage.py load_demo`, which tells the log-ins it made."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from prepare.console import Command, SetupError, last_lines, say
from prepare.setup import Prepared
from prepare.stamps import Stamp, digest

# An empty database has no division and no person: what an office has begun to fill is left alone.
IS_EMPTY = """
SELECT CASE WHEN EXISTS (SELECT FROM boundaries_division) OR EXISTS (SELECT FROM yudi_user) THEN 'no' ELSE 'yes' END
"""


def load_if_empty(ready: Prepared) -> None:
    if ready.database.ask(IS_EMPTY) != "yes":
        return
    say("数据库是空的，载入演示县", "The database is empty, loading the demo county")
    command: Command = [ready.paths.python, ready.paths.manage_py, "load_demo", "--json"]
    result = subprocess.run(command, env=ready.environment(), capture_output=True, text=True, check=False)
    if result.returncode:
        raise SetupError("演示县没有载入", "The demo county could not be loaded", last_lines(result.stdout + result.stderr))
    _memory(ready).write(json.dumps(json.loads(result.stdout).get("logins", []), ensure_ascii=False))


def logins(ready: Prepared) -> list[dict[str, Any]]:
    """What `load_demo` told when this database was filled; empty when it was not filled by it."""
    remembered = _memory(ready).read()
    return list(json.loads(remembered)) if remembered else []


def _memory(ready: Prepared) -> Stamp:
    return Stamp(ready.paths.stamps, f"demo-logins-{digest(ready.database.url)[:10]}")
