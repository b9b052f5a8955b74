"""The law as data and pure functions: nothing here knows of Django, of a database or of the clock."""
