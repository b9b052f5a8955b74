"""The base of every command others build on: one JSON document on standard output, exit 0 done, 1 refused, 2 wrong usage."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.core.serializers.json import DjangoJSONEncoder
from django.utils.translation import gettext as _

from gis.errors import DomainError, InvalidInputError


class JsonCommand(BaseCommand):
    """Subclasses implement `run(**options)` and return a JSON-able dict; `summary(result)` words it for people.

    A `DomainError` becomes ``{"error": {"code", "message", …}}`` and exit status 1. A result may carry the key ``"exit"`` (removed
    before printing) when the work was done but the answer is a refusal.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON document / 输出一个 JSON 文档")
        self.arguments(parser)

    def arguments(self, parser: CommandParser) -> None:
        """The command's own arguments."""

    def run(self, **options: Any) -> dict[str, Any]:
        raise NotImplementedError

    def summary(self, result: dict[str, Any]) -> str:
        return json.dumps(result, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)

    def handle(self, *args: Any, **options: Any) -> None:
        as_json = options.pop("json")
        try:
            result = self.run(**options)
        except DomainError as error:
            if as_json:
                self.stdout.write(json.dumps({"error": error.as_dict()}, cls=DjangoJSONEncoder, ensure_ascii=False))
            else:
                self.stderr.write(self.style.ERROR(f"{error.message}（{error.code}）"))
            sys.exit(1)
        status = result.pop("exit", 0)
        self.stdout.write(json.dumps(result, cls=DjangoJSONEncoder, ensure_ascii=False) if as_json else self.summary(result))
        if status:
            sys.exit(status)


def parse_day(text: str, argument: str) -> date:
    """An ISO date between 1900 and 2200, or a refusal that names the argument."""
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError(
            "bad_date",
            _("%(argument)s 应为 2026-11-23 这样的日期，收到的是“%(text)s”。") % {"argument": argument, "text": text[:40]},
        ) from error
    if not 1900 <= day.year <= 2200:
        raise InvalidInputError(
            "date_out_of_range",
            _("%(argument)s 的年份应在 1900 至 2200 之间，收到的是 %(text)s。") % {"argument": argument, "text": text},
        )
    return day


def read_input(path: str, limit_bytes: int) -> bytes:
    """The bytes of a file somebody names on the command line, or a refusal in words."""
    file = Path(path).expanduser()
    try:
        if file.stat().st_size > limit_bytes:
            raise InvalidInputError(
                "file_too_large", _("文件 %(path)s 超过 %(mb)d MB。") % {"path": path, "mb": limit_bytes // 1024 // 1024}
            )
        return file.read_bytes()
    except FileNotFoundError as error:
        raise InvalidInputError("file_not_found", _("找不到文件：%(path)s") % {"path": path}) from error
    except IsADirectoryError as error:
        raise InvalidInputError("file_is_folder", _("%(path)s 是文件夹，请给出文件。") % {"path": path}) from error
    except OSError as error:
        raise InvalidInputError(
            "file_unreadable", _("文件 %(path)s 读不了：%(why)s") % {"path": path, "why": error.strerror or type(error).__name__}
        ) from error


def write_output(path: str, content: bytes) -> str:
    """Writes a file somebody names on the command line and gives its full path, or a refusal in words."""
    file = Path(path).expanduser().resolve()
    try:
        file.write_bytes(content)
    except OSError as error:
        raise InvalidInputError(
            "file_unwritable", _("文件 %(path)s 写不了：%(why)s") % {"path": path, "why": error.strerror or type(error).__name__}
        ) from error
    return str(file)
