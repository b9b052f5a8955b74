"""The whole preparation, in order. A step that is done is skipped: a call that finds all done takes a fraction of a second."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from prepare import assets, cluster, database, packages, translations
from prepare.console import Command, SetupError, complain
from prepare.environment import BENCH, DEVELOPMENT, RUNTIME, PythonEnvironment, child_environment
from prepare.packages import Requirement
from prepare.paths import Paths
from prepare.steps import Step, carry_out


@dataclass(frozen=True)
class Needs:
    """What a command needs besides a database."""

    requirements: tuple[Requirement, ...] = (packages.VENV, packages.GETTEXT)
    locks: tuple[str, ...] = (RUNTIME,)
    development_assets: bool = False
    migrated: bool = True
    bench_peers: bool = False


RUN = Needs()
TEST = replace(
    RUN,
    requirements=(*RUN.requirements, packages.BROWSER, packages.CHINESE_FONTS),
    locks=(RUNTIME, DEVELOPMENT),
    development_assets=True,
    migrated=False,  # the tests make databases of their own
)


class Prepared:
    """The prepared checkout: runs the project's own programs."""

    def __init__(self, paths: Paths, private: cluster.Cluster | None, started_database: bool) -> None:
        self.paths = paths
        self.cluster = private
        self.started_database = started_database

    @property
    def database_url(self) -> str:
        return database.private_url(self.cluster, database.wanted_name()) if self.cluster else database.given_url()

    @property
    def libpq_url(self) -> str:
        return database.libpq_url(self.database_url)

    def environment(self, **more: str) -> dict[str, str]:
        return child_environment(self.paths, **more)

    def python(self, arguments: Command, more: Mapping[str, str] | None = None) -> int:
        """Runs the environment's Python in the checkout, with `more` variables; gives its exit code."""
        command: Command = [self.paths.python, *arguments]
        environment = self.environment(**(more or {}))
        return subprocess.run(command, cwd=self.paths.checkout, env=environment, check=False).returncode

    def become_python(self, arguments: Command, more: Mapping[str, str] | None = None) -> NoReturn:
        """Puts the environment's Python in the place of this process, so that signals and the exit code are simply its own."""
        sys.stdout.flush()
        sys.stderr.flush()
        os.execve(self.paths.python, [str(self.paths.python), *map(str, arguments)], self.environment(**(more or {})))  # noqa: S606


def prepare(needs: Needs) -> Prepared:
    """Carries out what is missing. Raises SetupError when a person has to do something first."""
    preparation = _Preparation(Paths.of_this_checkout(), needs)
    carry_out(preparation.steps(), preparation.paths.state / "setup.lock")
    return Prepared(preparation.paths, preparation.cluster, preparation.started_database)


def guarded(command: Callable[[list[str]], int]) -> int:
    """Runs a command with what stands after its name; a SetupError becomes sentences and exit code 1."""
    try:
        return command(sys.argv[1:])
    except SetupError as error:
        complain(error)
        return 1
    except KeyboardInterrupt:
        return 130


class _Preparation:
    def __init__(self, paths: Paths, needs: Needs) -> None:
        self.paths = paths
        self.needs = needs
        self.log = paths.logs / "setup.log"
        self.cluster: cluster.Cluster | None = None
        self.started_database = False

    def steps(self) -> Iterator[Step]:
        """A generator on purpose: a later step is thought about only when the earlier ones are done."""
        private = not database.given_url()
        if private:
            database.wanted_name()  # a wrong name is told before minutes of installing
        wanted = (*self.needs.requirements, packages.DATABASE) if private else self.needs.requirements
        yield Step(lambda: bool(packages.unmet(wanted)), lambda: packages.install(wanted, self.log))
        venv = PythonEnvironment(self.paths, self.paths.venv, self.needs.locks)
        yield Step(lambda: not venv.is_current(), venv.bring_up_to_date)
        if self.needs.bench_peers:
            peers = PythonEnvironment(self.paths, self.paths.bench_venv, (BENCH,))
            yield Step(lambda: not peers.is_current(), peers.bring_up_to_date)
        front_end = assets.FrontEnd(self.paths, development=self.needs.development_assets)
        yield Step(lambda: not front_end.is_current(), front_end.bring_up_to_date)
        yield Step(lambda: bool(translations.stale(self.paths.checkout)), lambda: translations.compile_stale(self.paths.checkout))
        if private:
            yield from self._private_database()
        if self.needs.migrated:
            url = database.private_url(self.cluster, database.wanted_name()) if self.cluster else database.given_url()
            name = database.wanted_name() if self.cluster else "given"
            migrations = database.Migrations(self.paths, url, name)
            yield Step(lambda: not migrations.are_applied(), migrations.apply)

    def _private_database(self) -> Iterator[Step]:
        yield Step(lambda: not self.paths.cluster_home.exists(), self._make_home)
        own = self.cluster = cluster.find(self.paths)
        yield Step(lambda: not own.data.exists(), own.create)
        yield Step(lambda: not own.is_ready(), self._start)
        yield Step(lambda: not own.is_furnished(), own.furnish)
        yield Step(lambda: not cluster.is_described(self.paths, own), lambda: cluster.describe(self.paths, own))
        name = database.wanted_name()
        yield Step(lambda: not database.exists(own, name), lambda: database.create(own, name))

    def _make_home(self) -> None:
        cluster.make_home(self.paths)

    def _start(self) -> None:
        if self.cluster:
            self.cluster.start()
            self.started_database = True
