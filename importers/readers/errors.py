"""Why a file as a whole cannot be used, in both languages."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from gis.errors import InvalidInputError


class FileRefusedError(InvalidInputError):
    """A refusal whose sentence can be said in either language, whatever the reader's is."""

    def __init__(self, code: str, sentence: str | Promise, values: dict[str, Any]) -> None:
        self.sentence = sentence
        self.values = values
        super().__init__(code, self._said(), **values)

    def in_both(self) -> tuple[str, str]:
        """The sentence in Chinese and in English."""
        with override("zh-hans"):
            zh = self._said()
        with override("en"):
            return zh, self._said()

    def _said(self) -> str:
        return str(self.sentence) % self.values if self.values else str(self.sentence)


def refuse(code: str, sentence: str | Promise, **values: Any) -> InvalidInputError:
    """An error whose sentence is a translated message id (lazily, so that both languages can be had) with the values put in."""
    return FileRefusedError(code, sentence, values)


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
