"""Rules of importing: plain data, no Django."""
