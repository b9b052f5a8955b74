"""All writes of signs: atomic, audited, permitted by a named policy."""
