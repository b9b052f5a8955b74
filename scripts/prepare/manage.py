"""scripts/manage: manage.py in the prepared environment, with the database up and migrated."""

from __future__ import annotations

import json
from dataclasses import replace

from prepare import cluster
from prepare.console import SetupError, complain, say
from prepare.database import given_url
from prepare.paths import Paths
from prepare.setup import RUN, prepare

# Commands that mend or inspect the code or the schema: a schema that lags behind must not stand in their way.
UNMIGRATED = {
    "",
    "check",
    "collectstatic",
    "compilemessages",
    "help",
    "makemessages",
    "makemigrations",
    "migrate",
    "settings_doc",
    "showmigrations",
    "sqlmigrate",
    "squashmigrations",
    "version",
}


def main(arguments: list[str]) -> int:
    if arguments == ["--stop-database"]:
        return stop_database()
    command = next((argument for argument in arguments if not argument.startswith("-")), "")
    try:
        ready = prepare(replace(RUN, migrated=command not in UNMIGRATED))
    except SetupError as error:
        if "--json" not in arguments:
            raise
        complain(error)
        print(json.dumps({"error": {"code": "setup_failed", "message": f"{error.chinese} / {error.english}"}}, ensure_ascii=False))
        return 1
    if arguments == ["--database-url"]:
        print(ready.database.url)
        return 0
    return ready.become_python([ready.paths.manage_py, *arguments])


def stop_database() -> int:
    """Stops the private database; a later call of any script starts it again."""
    paths = Paths.of_this_checkout()
    if given_url() or not (paths.cluster_home / "data").exists():
        say("没有私有数据库", "There is no private database")
        return 0
    cluster.find(paths).stop()
    say("私有数据库已停止", "The private database is stopped")
    return 0
