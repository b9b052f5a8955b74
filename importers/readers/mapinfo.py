"""MapInfo tables (TAB, MIF). Their header names a character set, which GDAL would believe; here it is one piece of evidence."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from importers.readers import sniff
from importers.readers.errors import not_a_format, refuse
from importers.readers.evidence import Claim
from importers.readers.prepared import Prepared
from importers.readers.table import Opened

_CHARSET = re.compile(rb'(\bcharset\s+"?)([\w-]{1,40})', re.IGNORECASE)
# A table that is a view of others, a link to a database, or a seamless map names other files.
_NAMES_OTHERS = re.compile(
    rb"\btype\s+(?:linked|odbc|xls|access|dbf|ascii|shapefile)\b|\bopen\s+table\b|\bcreate\s+view\b|isseamless", re.I
)
_HEADER_BYTES = 256 * 1024
_SIDES = {".tab": (".dat", ".map"), ".mif": (".mid",)}
_DECLARED = {"windowssimpchinese": "gbk", "windowstradchinese": "big5", "utf-8": "utf-8", "windowslatin1": "cp1252"}


def source(data: Opened, folder: Path) -> Prepared:
    """A copy of the header that names no character set, with the other parts linked beside it, so that text comes as bytes.

    Raises `InvalidInputError`: mapinfo_refers, mapinfo_incomplete, unreadable_file.
    """
    suffix = data.main.suffix.lower()
    if suffix not in _SIDES:
        raise not_a_format("unreadable_file", data.name)
    there = {part.suffix.lower(): part for part in data.parts[1:]}
    if missing := [one for one in _SIDES[suffix] if one not in there and one != ".map"]:
        raise refuse(
            "mapinfo_incomplete", _("MapInfo 文件“%(name)s”缺少 %(missing)s 文件。"), name=data.name, missing="、".join(missing)
        )
    with data.main.open("rb") as handle:
        header = handle.read(_HEADER_BYTES)
        if suffix == ".tab" and _NAMES_OTHERS.search(header):
            raise refuse("mapinfo_refers", _("MapInfo 表“%(name)s”引用了别的文件，请导出为独立的表再导入。"), name=data.name)
        declared = _CHARSET.search(header)
        path = folder / f"data{suffix}"
        with path.open("wb") as sink:
            sink.write(_CHARSET.sub(rb"\1Neutral", header))
            shutil.copyfileobj(handle, sink)
    for one, part in there.items():
        (folder / f"data{one}").symlink_to(part.resolve())
    said = declared[2].decode("ascii", "replace") if declared else ""
    claims = [Claim("codepage", said, Claim.of("codepage", _DECLARED[said.lower()]).name)] if said.lower() in _DECLARED else []
    return Prepared(path, (sniff.MAPINFO,), bytewise=True, claims=claims)
