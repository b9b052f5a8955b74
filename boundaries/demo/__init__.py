"""The demo county (演示县): a fictional county made by code, the same on every machine.

    from boundaries.demo import build_demo
    demo = build_demo()

Everything about it is invented, names and borders alike; whatever shows it says 演示数据.
"""

from boundaries.demo.county import SEED, build_demo
from boundaries.demo.model import (
    GRADE,
    DemoCode,
    DemoCounty,
    DemoDecision,
    DemoIndicator,
    DemoLineage,
    DemoRecord,
    DemoUnit,
)

__all__ = [
    "GRADE",
    "SEED",
    "DemoCode",
    "DemoCounty",
    "DemoDecision",
    "DemoIndicator",
    "DemoLineage",
    "DemoRecord",
    "DemoUnit",
    "build_demo",
]
