"""scripts/test: the same set-up as scripts/run with the test tools, then the linters and checks, then pytest."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from prepare.assets import NODE
from prepare.console import Command, say
from prepare.setup import TEST, Prepared, prepare

# The variables an office's server must set (docs/settings.md); `check --deploy` has to be clean with them.
PRODUCTION_SAMPLE = {
    "DJANGO_SETTINGS_MODULE": "gis.settings.production",
    "YUDI_SECRET_KEY": "for-the-deployment-check-only-3v8Kq0ZrT1uXw5YbNc7MdPf9LgHj2",
    "YUDI_ALLOWED_HOSTS": "yudi.example.org",
    "YUDI_TRUSTED_ORIGINS": "https://yudi.example.org",
}


@dataclass(frozen=True)
class Check:
    """One linter or check: what the prepared Python runs, and with which further variables."""

    name: str
    arguments: Command
    environment: dict[str, str] = field(default_factory=dict)


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="scripts/test",
        description="代码检查与全部测试；给出 pytest 参数时只测试。 Lint, checks and tests; pytest arguments: only tests.",
        epilog="其余参数交给 pytest / all other arguments go to pytest",
    )
    part = parser.add_mutually_exclusive_group()
    part.add_argument("--lint", action="store_true", help="只做代码检查 / lint and checks only")
    part.add_argument("--only-tests", action="store_true", help="只运行测试 / tests only")
    part.add_argument("--slow", action="store_true", help="只运行标为 slow 的长测试 / the tests marked slow only")
    options, for_pytest = parser.parse_known_args(arguments)
    ready = prepare(TEST)
    lint_too = not (options.only_tests or options.slow or for_pytest)
    if (options.lint or lint_too) and not all_pass(ready):
        return 1
    if options.lint:
        return 0
    return run_tests(ready, for_pytest, slow=options.slow)


def run_tests(ready: Prepared, for_pytest: list[str], *, slow: bool) -> NoReturn:
    chosen = ["-m", "slow" if slow else "not slow"]
    workers = [] if for_pytest else ["-n", "2"]
    os.chdir(ready.paths.checkout)
    ready.become_python(["-m", "pytest", *chosen, *workers, *for_pytest])


def all_pass(ready: Prepared) -> bool:
    """Runs every check, so that one run shows all that is wrong; each failure is told where it happens and again at the end."""
    failed = [check.name for check in checks(ready) if not _passes(ready, check)]
    if failed:
        say(f"✗ 未通过的检查：{'、'.join(failed)}；测试没有运行", f"Failed checks: {', '.join(failed)}; the tests were not run")
    return not failed


def _passes(ready: Prepared, check: Check) -> bool:
    say(f"检查：{check.name}", f"Checking: {check.name}")
    return ready.python(check.arguments, check.environment) == 0


def checks(ready: Prepared) -> Iterator[Check]:
    manage, programs = ready.paths.manage_py, ready.paths.venv / "bin"
    yield Check("ruff", ["-m", "ruff", "check", "."])
    yield Check("ruff format", ["-m", "ruff", "format", "--check", "."])
    yield Check("mypy", ["-m", "mypy"])
    yield Check("mypy scripts", ["-m", "mypy", "--strict", "-p", "prepare"], {"MYPYPATH": str(Path(__file__).parent.parent)})
    yield Check("import-linter", [programs / "lint-imports"])
    yield Check("makemigrations --check", [manage, "makemigrations", "--check", "--dry-run"])
    yield Check("check", [manage, "check", "--database", "default", "--fail-level", "WARNING"])
    yield Check("check --deploy", [manage, "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION_SAMPLE)
    yield Check("settings_doc", [manage, "settings_doc", "--check"])
    project = ready.paths.checkout / "gis" / "tsconfig.json"
    if project.exists():
        modules = ready.paths.npm / "node_modules"
        compiler = modules / "typescript" / "bin" / "tsc"
        yield Check("tsc", ["-c", NODE, compiler, "--noEmit", "-p", project, "--typeRoots", modules / "@types"])
