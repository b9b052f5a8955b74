"""Writes of place names: each is one transaction, permitted by a named policy and audited."""
