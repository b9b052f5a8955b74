"""load_demo: the fictional county for trying things out, into an empty database only."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from boundaries.services.demo import load_demo
from gis.commands import JsonCommand


class Command(JsonCommand):
    help = "Loads the demo county into an empty database / 把演示县载入空库"

    def run(self, **options: Any) -> dict[str, Any]:
        return asdict(load_demo(other_rooms=True))

    def summary(self, result: dict[str, Any]) -> str:
        lines = [f"已载入演示县：{result['divisions']} 个区划，{result['records']} 条记录，{result['indicators']} 个指标值。"]
        lines += [f"  {one['username']}  {one['password']}  {one['duty']}  {one['area']}" for one in result["logins"]]
        return "\n".join(lines)
