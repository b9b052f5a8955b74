"""A map is a coverage: siblings share edges, leave no gap, do not overlap, and lie inside their parent. Knows nothing
of Django.
"""

from gis.coverage.checking import GAP_WIDTH_M, TOLERANCE_M, check
from gis.coverage.report import BelowTolerance, CoverageReport, Finding, Gap, Invalid, Outside, Overlap
from gis.coverage.simplify import simplify, simplify_degrees

__all__ = [
    "GAP_WIDTH_M",
    "TOLERANCE_M",
    "BelowTolerance",
    "CoverageReport",
    "Finding",
    "Gap",
    "Invalid",
    "Outside",
    "Overlap",
    "check",
    "simplify",
    "simplify_degrees",
]
