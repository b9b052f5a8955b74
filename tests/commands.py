"""Running a command the way others do: its exit status and the one JSON document it prints."""

from __future__ import annotations

import io
import json
from typing import Any

from django.core.management import call_command


def run(name: str, *arguments: str) -> tuple[int, dict[str, Any]]:
    """``(status, document)``. Anything but one JSON document on standard output fails here."""
    out = io.StringIO()
    status = 0
    try:
        call_command(name, *arguments, "--json", stdout=out)
    except SystemExit as stop:
        status = int(stop.code or 0)
    return status, json.loads(out.getvalue())
