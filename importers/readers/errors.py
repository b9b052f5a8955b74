"""Why a file as a whole cannot be used, in both languages."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from gis.errors import InvalidInputError


def refuse(code: str, sentence: str, **values: Any) -> InvalidInputError:
    """An error whose sentence is a translated message id with the values put in."""
    return InvalidInputError(code, sentence % values if values else sentence, **values)


def not_a_format(code: str, name: str) -> InvalidInputError:
    sentences = {
        "unsupported_format": _(
            "“%(name)s”不是可导入的文件。支持 GeoJSON、GeoPackage、Shapefile（.shp、文件夹或 zip）和 CSV，按内容判断，不看扩展名。"
        ),
        "unsupported_track": _(
            "“%(name)s”不是可识别的轨迹文件。支持 GPX、KML/KMZ、TCX、FIT、NMEA、IGC 和带坐标列的 CSV，按内容判断。"
        ),
        "unsupported_table": _("“%(name)s”不是可识别的表格。支持 .xlsx 和 CSV，按内容判断，不看扩展名。"),
        "unreadable_file": _("“%(name)s”无法读取，文件可能不完整或已损坏。"),
        "empty_file": _("“%(name)s”里没有数据行。"),
    }
    return refuse(code, sentences[code], name=name)
