"""The database that the project's commands work on: which one it is, its making in the private cluster, and its migrations."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from prepare.cluster import PORT, ROLE, Cluster
from prepare.console import Command, SetupError, run_logged, say
from prepare.environment import RUNTIME, child_environment, output_of
from prepare.paths import Paths
from prepare.stamps import Stamp, digest, tree_digest

DEFAULT_NAME = "yudi"
NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")
RESERVED = {"postgres", "template0", "template1"}

# Prints a digest of the applied migrations in their order; nothing when there is no such table. Exit 1: no such database.
APPLIED = """
import sys, psycopg
try:
    connection = psycopg.connect(sys.argv[1], connect_timeout=10)
except psycopg.OperationalError as error:
    sys.exit(str(error))
try:
    row = connection.execute("SELECT md5(string_agg(app || '.' || name, ',' ORDER BY id)) FROM django_migrations").fetchone()
except psycopg.errors.UndefinedTable:
    row = None
print(row[0] if row and row[0] else "")
"""


def wanted_name() -> str:
    """The database's name from `YUDI_DATABASE`. Raises SetupError when it cannot be one."""
    name = os.environ.get("YUDI_DATABASE") or DEFAULT_NAME
    if not NAME.fullmatch(name) or name in RESERVED:
        raise SetupError(
            f"YUDI_DATABASE={name!r}：只能用小写字母、数字和下划线，以字母开头，最多 51 个字符",
            f"YUDI_DATABASE={name!r}: lower-case letters, digits and underscores only, a letter first, at most 51 characters",
        )
    return name


def given_url() -> str:
    """The database that replaces the private cluster; empty when there is none."""
    return os.environ.get("DATABASE_URL", "").strip()


def private_url(cluster: Cluster, name: str) -> str:
    return f"postgresql://{ROLE}@{quote(str(cluster.socket_folder), safe='')}:{PORT}/{name}"


def libpq_url(url: str) -> str:
    """The address as PostgreSQL's own client library takes it; Django's spelling may start with postgis://."""
    return re.sub(r"^(postgis|postgres)://", "postgresql://", url)


def exists(cluster: Cluster, name: str) -> bool:
    return (cluster.data / "base").exists() and cluster.psql(f"SELECT 1 FROM pg_database WHERE datname = '{name}'") == "1"


def create(cluster: Cluster, name: str) -> None:
    say(f"创建数据库 {name}", f"Making the database {name}")
    cluster.psql(f"CREATE DATABASE {name} OWNER {ROLE} TEMPLATE template1")


@dataclass(frozen=True)
class Migrations:
    """Migrates one database, unless a stamp says that exactly these migration files led to exactly what the database now tells."""

    paths: Paths
    url: str
    name: str

    def are_applied(self) -> bool:
        applied = self._applied()
        return applied is not None and applied != "" and self._stamp().matches(self._value(applied))

    def apply(self) -> None:
        say(f"更新数据库结构：{self.name}", f"Migrating the database {self.name}")
        command: Command = [self.paths.python, self.paths.manage_py, "migrate", "--no-input"]
        run_logged(command, self.paths.logs / "setup.log", env=child_environment(self.paths))
        self._stamp().write(self._value(self._applied() or ""))

    def _applied(self) -> str | None:
        told = output_of(self.paths.python, APPLIED, libpq_url(self.url))
        return None if told is None else told.strip()

    def _stamp(self) -> Stamp:
        return Stamp(self.paths.stamps, f"migrated-{self.name}-{digest(self.url)[:10]}")

    def _value(self, applied: str) -> str:
        return digest(migration_files_digest(self.paths.checkout), self.paths.locks / RUNTIME, applied)


def migration_files(checkout: Path) -> Iterator[Path]:
    yield checkout / "gis" / "settings" / "base.py"  # the list of apps, some of which bring migrations of their own
    for app in ("gis", "boundaries", "placenames", "importers"):
        yield from checkout.glob(f"{app}/**/migrations/*.py")


def migration_files_digest(checkout: Path) -> str:
    return tree_digest(checkout, migration_files(checkout))
