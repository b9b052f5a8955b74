"""Rules on place names as pure functions over plain data: spelling, classes, codes, checks. Nothing of Django is known here."""
