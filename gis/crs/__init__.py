"""Reference systems. The only room where their numbers stand."""

CGCS2000 = 4490
WEB_MERCATOR = 3857
