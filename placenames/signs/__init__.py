"""Reads of the register of signs that carry meaning; writes are in `placenames.services.signs`."""
