"""Values of a posted form that is too small for a form class: each is read or refused with its field named."""

from __future__ import annotations

from datetime import date

from django.http import QueryDict
from django.utils.translation import gettext as _

from gis.errors import InvalidInputError


class Posted:
    """Reads fields of a POST; the first that cannot be read raises `InvalidInputError` naming it."""

    def __init__(self, data: QueryDict) -> None:
        self._data = data

    def text(self, name: str) -> str:
        return (self._data.get(name) or "").replace("\0", "").strip()

    def has(self, name: str) -> bool:
        return name in self._data

    def flag(self, name: str) -> bool:
        return bool(self._data.get(name))

    def number(self, name: str) -> int:
        """A whole number that must be there: a version, an id, a year."""
        text = self.text(name)
        if not text.isascii() or not text.isdigit() or len(text) > 18:
            raise _wrong(name, _("请填写数字"))
        return int(text)

    def optional_number(self, name: str) -> int | None:
        return self.number(name) if self.text(name) else None

    def numbers(self, name: str) -> list[int]:
        found = []
        for text in self._data.getlist(name):
            if not text.isascii() or not text.isdigit() or len(text) > 18:
                raise _wrong(name, _("请填写数字"))
            found.append(int(text))
        return found

    def metres(self, name: str) -> float | None:
        """A length or a degree; empty is None."""
        return self.as_metres(name, self.text(name))

    def as_metres(self, name: str, text: str) -> float | None:
        """`text`, a part of the field `name`, as a length."""
        if not text:
            return None
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not abs(value) < 1e9:
            raise _wrong(name, _("请填写数字"))
        return value

    def day(self, name: str) -> date | None:
        text = self.text(name)
        if not text:
            return None
        try:
            day = date.fromisoformat(text)
        except ValueError:
            day = date.min
        if not 1900 <= day.year <= 2200:
            raise _wrong(name, _("日期应为 2026-11-23 这样的写法"))
        return day

    def required_day(self, name: str) -> date:
        day = self.day(name)
        if day is None:
            raise _wrong(name, _("必填"))
        return day


def _wrong(name: str, words: str) -> InvalidInputError:
    return InvalidInputError("bad_field", _("有的栏目没有填好。"), fields={name: [words]})
