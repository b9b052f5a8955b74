"""The demo county's place names, invented culture, streets and signs: content as data or made by code."""
