"""The plan of lines: cycle, rounds with the lead that swaps, years moved, occurrences, what is due."""

from __future__ import annotations
