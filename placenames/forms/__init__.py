"""Forms of the rooms of place names."""
