"""Chinese reference systems: their names, the way into CGCS2000, and measures on its ellipsoid. Knows nothing of
Django.

Stored geometry is CGCS2000 longitude and latitude in degrees; tiles are cut in Web Mercator.
"""

from gis.crs.chainage import Foot, MeasuredLine
from gis.crs.errors import CrsError
from gis.crs.evidence import CrsDecision, CrsFinding, Speaker, decide_crs
from gis.crs.extent import ExtentFinding, check_extent, check_geometries, suggest_crs
from gis.crs.fitting import Outlines
from gis.crs.geodesic import area_m2, distance_m, forward, inverse, length_m, metres_per_degree, perimeter_m
from gis.crs.identifiers import CGCS2000, WEB_MERCATOR
from gis.crs.labels import interior_point
from gis.crs.reading import Reading, bring_to_cgcs2000, resolve_reading
from gis.crs.resolve import resolve_crs
from gis.crs.systems import REFERENCE_SYSTEMS, ReferenceSystem
from gis.crs.transform import TransformInfo, project, project_to_mercator, three_degree_zone, to_cgcs2000

__all__ = [
    "CGCS2000",
    "REFERENCE_SYSTEMS",
    "WEB_MERCATOR",
    "CrsDecision",
    "CrsError",
    "CrsFinding",
    "ExtentFinding",
    "Foot",
    "MeasuredLine",
    "Outlines",
    "Reading",
    "ReferenceSystem",
    "Speaker",
    "TransformInfo",
    "area_m2",
    "bring_to_cgcs2000",
    "check_extent",
    "check_geometries",
    "decide_crs",
    "distance_m",
    "forward",
    "interior_point",
    "inverse",
    "length_m",
    "metres_per_degree",
    "perimeter_m",
    "project",
    "project_to_mercator",
    "resolve_crs",
    "resolve_reading",
    "suggest_crs",
    "three_degree_zone",
    "to_cgcs2000",
]
