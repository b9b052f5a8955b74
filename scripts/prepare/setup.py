"""The whole preparation, in order. A step that is done is skipped: a call that finds all done takes a fraction of a second."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NoReturn

from prepare import assets, cluster, home, packages, translations
from prepare.console import Command, SetupError, complain
from prepare.database import Database, GivenDatabase, Migrations, PrivateDatabase, given_url, wanted_name
from prepare.environment import BENCH, DEVELOPMENT, RUNTIME, PythonEnvironment, child_environment
from prepare.packages import Requirement
from prepare.paths import Paths
from prepare.steps import SetupLock, Step, carry_out


@dataclass(frozen=True)
class Needs:
    """What a command needs besides a database."""

    requirements: tuple[Requirement, ...] = (packages.VENV, packages.GETTEXT, packages.CAIRO, packages.CHINESE_FONTS)
    locks: tuple[str, ...] = (RUNTIME,)
    development_assets: bool = False
    migrated: bool = True
    bench_peers: bool = False
    strict_translations: bool = False


RUN = Needs()
TEST = replace(
    RUN,
    requirements=(*RUN.requirements, packages.BROWSER),
    locks=(RUNTIME, DEVELOPMENT),
    development_assets=True,
    strict_translations=True,
    migrated=False,  # the tests make databases of their own
)


@dataclass(frozen=True)
class Prepared:
    """The prepared checkout: runs the project's own programs."""

    paths: Paths
    database: Database
    started_cluster: bool

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
    return _Preparation(Paths.of_this_checkout(), needs).carry_out()


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
        self.lock = SetupLock(paths.state / "setup.lock")
        self.log = paths.logs / "setup.log"
        self.started_cluster = False

    def carry_out(self) -> Prepared:
        given = given_url()
        if not given:
            wanted_name()  # a wrong name is told before minutes of installing
        carry_out(self.before_the_database(private=not given), self.lock)
        database = GivenDatabase(self.paths, given) if given else self.private_database()
        if self.needs.migrated:
            migrations = Migrations(self.paths, database)
            carry_out([Step(lambda: not migrations.are_applied(), migrations.apply)], self.lock)
        return Prepared(self.paths, database, self.started_cluster)

    def before_the_database(self, *, private: bool) -> Iterator[Step]:
        """A generator on purpose: a later step is thought about only when the earlier ones are done."""
        wanted = (*self.needs.requirements, packages.DATABASE) if private else self.needs.requirements
        yield Step(lambda: bool(packages.unmet(wanted)), lambda: packages.install(wanted, self.log))
        environments = [PythonEnvironment(self.paths, self.paths.venv, self.needs.locks)]
        if self.needs.bench_peers:
            environments.append(PythonEnvironment(self.paths, self.paths.bench_venv, (BENCH,)))
        yield from (Step(environment.is_outdated, environment.bring_up_to_date) for environment in environments)
        front_end = assets.FrontEnd(self.paths, development=self.needs.development_assets)
        yield Step(front_end.is_outdated, front_end.bring_up_to_date)
        checkout, strict = self.paths.checkout, self.needs.strict_translations
        yield Step(lambda: bool(translations.stale(checkout)), lambda: translations.compile_stale(checkout, strict=strict))

    def private_database(self) -> PrivateDatabase:
        carry_out([Step(lambda: not home.has_home(self.paths), lambda: home.make_home(self.paths))], self.lock)
        own = cluster.find(self.paths)
        database = PrivateDatabase(own, wanted_name())
        steps = [
            Step(lambda: not own.data.exists(), own.create),
            Step(lambda: not own.is_ready(), lambda: self._start(own)),
            Step(lambda: not own.is_furnished(), own.furnish),
            Step(lambda: not cluster.is_described(self.paths, own), lambda: cluster.describe(self.paths, own)),
            Step(lambda: not database.exists(), database.create),
        ]
        carry_out(steps, self.lock)
        return database

    def _start(self, own: cluster.Cluster) -> None:
        own.start()
        self.started_cluster = True
