"""The database that the project's commands work on: one of the private cluster, or the one that `DATABASE_URL` names."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from prepare.cluster import PORT, ROLE, Cluster
from prepare.console import Command, SetupError, run_logged, say
from prepare.environment import RUNTIME, child_environment, output_of
from prepare.paths import Paths
from prepare.stamps import Stamp, digest, tree_digest

DEFAULT_NAME = "yudi"
NAME = re.compile(r"[a-z][a-z0-9_]{0,50}")
RESERVED = {"postgres", "template0", "template1"}

QUERY = """
import sys, psycopg
with psycopg.connect(sys.argv[1], connect_timeout=10) as connection:
    print(connection.execute(sys.argv[2]).fetchone()[0])
"""
APPLIED_MIGRATIONS = "SELECT md5(string_agg(app || '.' || name, ',' ORDER BY id)) FROM django_migrations"


class Database(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def url(self) -> str: ...
    def ask(self, sql: str) -> str | None:
        """The one value that a query gives, as text; None when it cannot be answered (no such database, no such table)."""


@dataclass(frozen=True)
class PrivateDatabase:
    cluster: Cluster
    name: str

    @property
    def url(self) -> str:
        return f"postgresql://{ROLE}@{quote(str(self.cluster.socket_folder), safe='')}:{PORT}/{self.name}"

    def ask(self, sql: str) -> str | None:
        try:
            return self.cluster.psql(sql, self.name)
        except SetupError:
            return None

    def exists(self) -> bool:
        return self.cluster.psql(f"SELECT 1 FROM pg_database WHERE datname = '{self.name}'") == "1"

    def create(self) -> None:
        say(f"创建数据库 {self.name}", f"Making the database {self.name}")
        self.cluster.psql(f"CREATE DATABASE {self.name} OWNER {ROLE} TEMPLATE template1")


@dataclass(frozen=True)
class GivenDatabase:
    """Not ours: it is neither made nor started, only migrated."""

    paths: Paths
    url: str
    name: str = "DATABASE_URL"

    def ask(self, sql: str) -> str | None:
        # libpq knows no postgis://, which Django's spelling allows.
        address = re.sub(r"^(postgis|postgres)://", "postgresql://", self.url)
        told = output_of(self.paths.python, QUERY, address, sql)
        return None if told is None else told.strip()


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


@dataclass(frozen=True)
class Migrations:
    """Migrates a database, unless a stamp says that exactly these migration files led to exactly what the database tells now."""

    paths: Paths
    database: Database

    def are_applied(self) -> bool:
        applied = self.database.ask(APPLIED_MIGRATIONS)
        return bool(applied) and self._stamp().matches(self._value(applied))

    def apply(self) -> None:
        if self.database.ask("SELECT 1") is None:
            raise SetupError(f"无法连接数据库 {self.database.name}", f"The database {self.database.name} cannot be reached")
        say(f"更新数据库结构：{self.database.name}", f"Migrating the database {self.database.name}")
        command: Command = [self.paths.python, self.paths.manage_py, "migrate", "--no-input"]
        run_logged(command, self.paths.logs / "setup.log", env=child_environment(self.paths))
        self._stamp().write(self._value(self.database.ask(APPLIED_MIGRATIONS)))

    def _stamp(self) -> Stamp:
        return Stamp(self.paths.stamps, f"migrated-{self.database.name}-{digest(self.database.url)[:10]}")

    def _value(self, applied: str | None) -> str:
        files = tree_digest(self.paths.checkout, migration_files(self.paths.checkout))
        return digest(files, self.paths.locks / RUNTIME, applied or "")


def migration_files(checkout: Path) -> Iterator[Path]:
    yield checkout / "gis" / "settings" / "base.py"  # the list of apps, some of which bring migrations of their own
    for app in ("gis", "boundaries", "placenames", "importers"):
        yield from checkout.glob(f"{app}/**/migrations/*.py")
