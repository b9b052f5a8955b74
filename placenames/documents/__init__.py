"""Word papers of naming cases."""
