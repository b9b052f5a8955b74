"""Shapefiles and dBase tables: what stands beside them, and what they say of their text."""

from __future__ import annotations

from pathlib import Path

from importers.readers import sniff
from importers.readers.evidence import LANGUAGE_DRIVERS, Claim
from importers.readers.prepared import Prepared
from importers.readers.table import Opened

_MAX_SIDE_BYTES = 20_000


def source(data: Opened, folder: Path) -> Prepared:
    """A table alone is opened through a link of our own, so that no Shapefile beside it is opened in its place."""
    path = data.main
    if data.format == sniff.DBF:
        path = folder / "data.dbf"
        path.symlink_to(data.main.resolve())
    side = _side(data, ".prj")
    return Prepared(
        path,
        (sniff.SHAPEFILE,),
        bytewise=True,
        claims=_claims(data),
        crs=side.read_bytes()[:_MAX_SIDE_BYTES].decode("utf-8", "replace").strip("\ufeff \t\r\n\x00") if side is not None else "",
    )


def _claims(data: Opened) -> list[Claim]:
    claims = []
    label = _side(data, ".cpg")
    if label is not None and (said := label.read_bytes()[:40].decode("ascii", "replace").strip()):
        claims.append(Claim.of("cpg", said))
    table = _side(data, ".dbf") or data.main
    with table.open("rb") as handle:
        header = handle.read(32)
    if len(header) == 32 and (name := LANGUAGE_DRIVERS.get(header[29])):
        claims.append(Claim("ldid", f"0x{header[29]:02X}", name))
    return claims


def _side(data: Opened, suffix: str) -> Path | None:
    return next((part for part in data.parts if part.suffix.lower() == suffix), None)
