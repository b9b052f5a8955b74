from dataclasses import dataclass, field
from pathlib import Path

import dj_database_url
import pytest
from prepare import database
from prepare.cluster import Cluster
from prepare.console import SetupError
from prepare.database import Migrations, PrivateDatabase
from prepare.owner import Owner
from prepare.paths import Paths
from prepare.postgres import Installation

HOME = Path("/srv/试 验/yudi copy/var/pg")


@pytest.mark.parametrize("name", ["yudi", "a", "trial_2026", "x" * 51])
def test_usable_names(monkeypatch, name):
    monkeypatch.setenv("YUDI_DATABASE", name)
    assert database.wanted_name() == name


@pytest.mark.parametrize("name", ["1a", "Trial", "a-b", "a b", "区划", "x;drop", "x" * 52, "postgres", "template1", "a\n"])
def test_names_that_could_mean_something_else_are_refused(monkeypatch, name):
    monkeypatch.setenv("YUDI_DATABASE", name)
    with pytest.raises(SetupError):
        database.wanted_name()


def test_url_of_the_private_database_leads_django_to_its_socket(monkeypatch):
    cluster = Cluster(HOME, Owner(101, 104), Installation(15, Path("/usr/lib/postgresql/15/bin"), Path("/usr/share/postgresql/15")))
    parsed = dj_database_url.parse(PrivateDatabase(cluster, "trial").url)
    assert parsed["HOST"] == str(cluster.socket_folder)
    assert (parsed["NAME"], parsed["USER"]) == ("trial", "yudi")


@dataclass
class Told:
    """A database that answers as a test says."""

    answers: list[str | None] = field(default_factory=list)
    name: str = "trial"
    url: str = "postgresql:///trial"

    def ask(self, sql):
        return self.answers[-1]


@pytest.fixture
def migrated(tmp_path):
    """A checkout with one migration, whose stamp was written when the database told `abc`."""
    migration = tmp_path / "boundaries" / "migrations" / "0001_initial.py"
    migration.parent.mkdir(parents=True)
    migration.write_text("one", "utf-8")
    migrations = Migrations(Paths(tmp_path, tmp_path / "var"), Told(["abc"]))
    migrations._stamp().write(migrations._value("abc"))
    return migrations


def test_migrating_is_skipped_when_files_and_database_are_as_they_were(migrated):
    assert migrated.are_applied()


def test_new_migration_file_is_applied(migrated):
    (migrated.paths.checkout / "boundaries" / "migrations" / "0002_more.py").write_text("two", "utf-8")
    assert not migrated.are_applied()


@pytest.mark.parametrize("told", ["", None, "other"], ids=["empty", "dropped", "restored from a backup"])
def test_another_state_of_the_database_is_migrated(migrated, told):
    migrated.database.answers.append(told)
    assert not migrated.are_applied()


def test_database_that_cannot_be_reached_is_told_before_migrating(migrated):
    migrated.database.answers.append(None)
    with pytest.raises(SetupError, match="cannot be reached"):
        migrated.apply()
