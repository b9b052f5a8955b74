"""Tracks: what a handheld, a telephone or a person wrote down of a way, read without interpreting or repairing any of it.

`read` takes GPX, KML and KMZ, TCX, FIT, NMEA, IGC and CSV logs, told apart by their content, and a zip of them. One module per
format; `model` is what comes out, `building` grows it while a file is streamed, `checks` looks at the numbers, `wording` has the
sentences.
"""

from __future__ import annotations

from importers.readers.tracks.model import Segment, Track, TrackFile, Waypoint
from importers.readers.tracks.reading import MAX_POINTS, read, read_each, recognise

__all__ = ["MAX_POINTS", "Segment", "Track", "TrackFile", "Waypoint", "read", "read_each", "recognise"]
