"""How much a problem weighs: a row with an error is left out, a warning leaves it in."""

ERROR, WARNING = "error", "warning"
