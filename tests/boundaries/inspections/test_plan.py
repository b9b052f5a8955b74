"""The plan of lines: cycle, rounds with the lead that swaps, years moved, occurrences, what is due."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import transaction
from freezegun import freeze_time

from boundaries.boundary_lines import lines_of_areas
