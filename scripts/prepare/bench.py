"""scripts/bench NAME: one side-by-side measurement, in a database of its own."""

from __future__ import annotations

import argparse
import ast
import os
from dataclasses import replace
from pathlib import Path

from prepare import packages
from prepare.console import SetupError
from prepare.environment import DEVELOPMENT
from prepare.paths import CHECKOUT
from prepare.setup import RUN, Needs, prepare

FOLDER = CHECKOUT / "tests" / "performance"
DATABASE = "yudi_bench"
NEEDS = "NEEDS"


def main(arguments: list[str]) -> int:
    names = sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))
    listed = ", ".join(names) or "—"
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description=f"并排测量并打印比值。 Measures side by side and prints ratios. 可选 / available: {listed}",
    )
    parser.add_argument("name", nargs="?", help="测量的名称 / which measurement")
    options, for_bench = parser.parse_known_args(arguments)
    if options.name is None:
        print("\n".join(names))
        return 0
    if options.name not in names:
        raise SetupError(
            f"没有名为 {options.name} 的测量，可选：{listed}", f"There is no measurement {options.name}; there are: {listed}"
        )
    program = FOLDER / f"bench_{options.name}.py"
    os.environ.setdefault("YUDI_DATABASE", DATABASE)
    ready = prepare(needs_of(program))
    more = {
        "DATABASE_URL": ready.database.url,
        "PYTHONPATH": str(CHECKOUT),
        "YUDI_BENCH_PYTHON": str(ready.paths.bench_venv / "bin" / "python"),
    }
    return ready.become_python([program, *for_bench], more)


def needs_of(program: Path) -> Needs:
    """What the measurement declares as a set of words in its module-level NEEDS, read without running it."""
    declared = declared_needs(program)
    needs = RUN
    if "ogr2ogr" in declared:
        needs = replace(needs, requirements=(*needs.requirements, packages.OGR2OGR))
    if "development" in declared:
        needs = replace(needs, locks=(*needs.locks, DEVELOPMENT))
    return replace(needs, bench_peers="peers" in declared)


def declared_needs(program: Path) -> set[str]:
    for node in ast.parse(program.read_text("utf-8")).body:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        if any(isinstance(target, ast.Name) and target.id == NEEDS for target in targets):
            value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
            return set(ast.literal_eval(value)) if value else set()
    return set()
