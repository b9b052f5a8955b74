"""How much a problem weighs: a row with an error is left out, a warning leaves it in; what is only told is no problem at all."""

ERROR, WARNING, INFO = "error", "warning", "info"
