"""Pages and addresses of place names; thin over the reading functions and services."""
