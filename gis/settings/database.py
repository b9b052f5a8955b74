"""Where the database is: `DATABASE_URL` when it is set, else the private cluster that the scripts keep under var/."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import dj_database_url

from gis.settings import environment as env

DATABASE_NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")


def database(state_dir: Path) -> dict[str, Any]:
    """Django's `DATABASES["default"]`.

    The private cluster is described by var/cluster.json (keys host, port, user), written by scripts/prepare. Without it and without
    `DATABASE_URL` the settings still load, so that commands which need no database (compilemessages, settings_doc) work.
    """
    engine = "django.contrib.gis.db.backends.postgis"
    if url := env.DATABASE_URL.read():
        parsed = dict(dj_database_url.parse(url, engine=engine))
    else:
        name = env.DATABASE.read()
        if not DATABASE_NAME.fullmatch(name):
            raise env.ImproperEnvironment(
                f"YUDI_DATABASE={name!r}：只能用小写字母、数字和下划线，以字母开头 / lower-case letters, digits, underscores only"
            )
        described = state_dir / "cluster.json"
        cluster = json.loads(described.read_text("utf-8")) if described.exists() else {"host": "", "port": "", "user": ""}
        parsed = {
            "ENGINE": engine,
            "NAME": name,
            "USER": cluster["user"],
            "HOST": cluster["host"],
            "PORT": str(cluster["port"]),
        }
    parsed["CONN_MAX_AGE"] = 60
    parsed["CONN_HEALTH_CHECKS"] = True
    parsed["ATOMIC_REQUESTS"] = False  # services own their transactions
    return parsed
