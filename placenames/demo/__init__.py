"""The demo county's place names and their invented culture: content as data, pictures and sounds made by code."""
