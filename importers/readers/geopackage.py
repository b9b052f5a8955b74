"""GeoPackages are databases, and a database may carry statements of its own: it is looked over before GDAL opens it."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.readers import sniff
from importers.readers.errors import not_a_format, refuse
from importers.readers.prepared import Prepared
from importers.readers.table import Opened

# Functions and modules with which GDAL or SQLite reach other files and hosts; a spatial index is the one virtual table allowed.
_REACHES_OUT = re.compile(
    r"\b(?:ogr_\w+|gdal_\w+|load_extension|readfile|writefile|virtualogr|virtualshape|virtualtext)\b", re.IGNORECASE
)
_VIRTUAL = re.compile(r"^\s*create\s+virtual\s+table\b(?!.*\busing\s+\"?rtree\b)", re.IGNORECASE | re.DOTALL)


def source(data: Opened, folder: Path) -> Prepared:
    """Raises `InvalidInputError`: unreadable_file, database_unsafe."""
    try:
        address = f"{data.main.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(address, uri=True)
        try:
            connection.execute("PRAGMA trusted_schema = OFF")
            statements = [
                str(row[0]) for row in connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL LIMIT 20000")
            ]
        finally:
            connection.close()
    except (sqlite3.Error, UnicodeDecodeError, OverflowError) as error:
        raise not_a_format("unreadable_file", data.name) from error
    if any(_VIRTUAL.search(sql) or _REACHES_OUT.search(sql) for sql in statements):
        raise refuse("database_unsafe", _("“%(name)s”里有会访问其他文件或网络的数据库语句，不予打开。"), name=data.name)
    return Prepared(data.main, (sniff.GEOPACKAGE,))
