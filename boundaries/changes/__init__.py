"""How decisions change the register: pure functions over plain data, without a database and without Django.

register  what the register holds of the units a decision may touch (a frozen snapshot)
acts      what a decision says, as frozen dataclasses; `reading` makes them from JSON
plan      `make_plan(register, decision)`: everything that follows, or a `ChangeError` that says why not
"""

from boundaries.changes.errors import ChangeError
from boundaries.changes.plan import Plan, make_plan
from boundaries.changes.register import Code, Register, State, Unit

__all__ = ["ChangeError", "Code", "Plan", "Register", "State", "Unit", "make_plan"]
