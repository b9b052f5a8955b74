"""Maps on paper: a sheet with frame, scale, legend and notes, as PDF and as PNG from the same drawing. Knows nothing of Django.

layout   paper, scale and projection        borders  linework by rank, each edge once
labels   names that do not overlap          canvas   drawing in millimetres, text included
marks    signs at places that are small
sheet    what is on a sheet, and its making
"""

from gis.sheets.marks import Mark, Sort
from gis.sheets.sheet import Emphasis, Ground, Sheet, as_pdf, as_png

__all__ = ["Emphasis", "Ground", "Mark", "Sheet", "Sort", "as_pdf", "as_png"]
