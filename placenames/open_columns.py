"""What each column of the open data means: for the page, and as a Data Package for programs (`datapackage.json`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True)
class Column:
    """`kind`: a type of Table Schema (specs.frictionlessdata.io)."""

    name: str
    kind: str
    meaning: str | Promise


_KEY: Final = Column("key", "string", gettext_lazy("编号，长期不变；三张表以它相连"))
_NAME: Final = Column("name", "string", gettext_lazy("名称：现用的，或最后使用的"))
_FIRST: Final = Column("year_from", "integer", gettext_lazy("开始使用的年份；公元前为负，没有 0 年；空为不详"))
_LAST: Final = Column("year_to", "integer", gettext_lazy("最后使用的年份（含）；空为至今或不详"))
_TERMS: Final = (
    Column("licence", "string", gettext_lazy("许可")),
    Column("as_of", "date", gettext_lazy("数据日期：这一行是这一天登记的状况")),
)
NAMES: Final = (
    _KEY,
    Column("url", "string", gettext_lazy("网页地址，长期有效")),
    _NAME,
    Column("spelling", "string", gettext_lazy("罗马字母拼写")),
    Column("class", "string", gettext_lazy("地名类别代码（GB/T 18521）")),
    Column("class_name", "string", gettext_lazy("地名类别")),
    Column("code", "string", gettext_lazy("区划代码或地名代码")),
    Column("status", "string", gettext_lazy("standard 标准地名，in_use 现今使用而未见批准，historic 历史地名，cancelled 已销名")),
    Column("since", "date", gettext_lazy("法定时间的第一天")),
    Column("until", "date", gettext_lazy("不再有效的第一天；空为至今")),
    Column("begins", "string", gettext_lazy("decided 起始依批复，observed 只知最早见于记录的时间")),
    _FIRST,
    _LAST,
    Column("area", "string", gettext_lazy("现在所属的行政区划，自上而下")),
    Column("lon", "number", gettext_lazy("经度（CGCS2000）")),
    Column("lat", "number", gettext_lazy("纬度（CGCS2000）")),
    Column("origin", "string", pgettext_lazy("name", "来历")),
    Column("meaning", "string", gettext_lazy("含义")),
    Column("source", "string", gettext_lazy("来源的题名")),
    Column("source_kind", "string", gettext_lazy("来源的种类")),
    *_TERMS,
)
FORMS: Final = (
    _KEY,
    _NAME,
    Column("form", "string", gettext_lazy("写法")),
    Column("kind", "string", gettext_lazy("standard 为这个地名历来的正式名称，其余为别名、曾用名等")),
    Column("kind_name", "string", gettext_lazy("关系")),
    Column("script", "string", gettext_lazy("文字（ISO 15924）")),
    Column("language", "string", gettext_lazy("语种")),
    _FIRST,
    _LAST,
    Column("source", "string", gettext_lazy("来源的题名")),
    *_TERMS,
)
AREAS: Final = (
    _KEY,
    _NAME,
    Column("area_key", "string", gettext_lazy("所属行政区划中最低一级的编号")),
    Column("area", "string", gettext_lazy("当时所属的行政区划，自上而下，用当时的名称")),
    Column("since", "date", gettext_lazy("隶属的第一天；空为有记录以来")),
    Column("until", "date", gettext_lazy("不再隶属的第一天；空为至今")),
    Column("year_from", "integer", gettext_lazy("隶属的第一年")),
    Column("year_to", "integer", gettext_lazy("隶属的最后一年（含）")),
    *_TERMS,
)


def data_package(page: str, tables: Sequence[tuple[str, str, Sequence[Column]]], today: date) -> dict[str, Any]:
    """A descriptor by the Data Package specification, version 1. `page` tells the licence; `tables`: (name, address, columns)."""
    return {
        "profile": "tabular-data-package",
        "name": "place-names",
        "title": _("地名开放数据"),
        "created": f"{today.isoformat()}T00:00:00Z",
        "licenses": [{"title": settings.OPEN_DATA_LICENCE, "path": page}],
        "contributors": [{"title": settings.PUBLISHER, "role": "publisher"}] if settings.PUBLISHER else [],
        "resources": [
            {
                "profile": "tabular-data-resource",
                "name": name,
                "path": address,
                "format": "csv",
                "encoding": "utf-8",
                "schema": {
                    "fields": [{"name": one.name, "type": one.kind, "description": str(one.meaning)} for one in columns],
                    "missingValues": [""],
                    **(
                        {"primaryKey": "key"}
                        if name == "names"
                        else {"foreignKeys": [{"fields": "key", "reference": {"resource": "names", "fields": "key"}}]}
                    ),
                },
            }
            for name, address, columns in tables
        ],
    }
