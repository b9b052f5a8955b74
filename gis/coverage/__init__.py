"""A map is a coverage: siblings share edges, leave no gap, do not overlap, and lie inside their parent. Knows nothing
of Django.
"""

from gis.coverage.checking import GAP_WIDTH_M, TOLERANCE_M, check
from gis.coverage.defects import Defect, Kind, defects
from gis.coverage.repair import Ground, Repair, repair
from gis.coverage.report import BelowTolerance, CoverageReport, Finding, Gap, Invalid, Outside, Overlap
from gis.coverage.simplify import simplify, simplify_degrees

__all__ = [
    "GAP_WIDTH_M",
    "TOLERANCE_M",
    "BelowTolerance",
    "CoverageReport",
    "Defect",
    "Finding",
    "Gap",
    "Ground",
    "Invalid",
    "Kind",
    "Outside",
    "Overlap",
    "Repair",
    "check",
    "defects",
    "repair",
    "simplify",
    "simplify_degrees",
]
