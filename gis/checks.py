"""System checks: what would fail later and elsewhere is said at start-up."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections


@register(Tags.database)
def database_speaks_chinese(app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """The database must be UTF-8 with a character type that knows Han letters.

    With ``LC_CTYPE=C`` trigrams of Chinese text are empty and name search silently finds nothing.
    """
    messages: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT pg_encoding_to_char(encoding), datctype FROM pg_database WHERE datname = current_database()")
            encoding, ctype = cursor.fetchone()
            cursor.execute("SELECT extname FROM pg_extension")
            extensions = {name for (name,) in cursor.fetchall()}
        if encoding != "UTF8":
            messages.append(Error(f"数据库编码是 {encoding}，应为 UTF8。", id="yudi.E001"))
        if ctype in {"C", "POSIX"}:
            messages.append(Error(f"数据库 LC_CTYPE 是 {ctype}，应为 C.UTF-8，否则中文检索无效。", id="yudi.E002"))
        messages += [
            Warning(f"数据库缺少扩展 {name}。", id="yudi.W001")
            for name in ("postgis", "btree_gist", "pg_trgm")
            if name not in extensions
        ]
    return messages
