"""A secret key for a machine of one's own: made once, kept under var/, readable by its owner only."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from gis.settings import environment as env


def local_secret_key(state_dir: Path) -> str:
    if given := env.SECRET_KEY.read():
        return given
    path = state_dir / "secret_key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii")
    except FileNotFoundError:
        state_dir.mkdir(parents=True, exist_ok=True)
        return local_secret_key(state_dir)
    key = secrets.token_urlsafe(64)
    with os.fdopen(descriptor, "w") as handle:
        handle.write(key)
    return key
