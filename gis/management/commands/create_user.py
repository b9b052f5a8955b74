"""`manage.py create_user`: a person with a duty, for the first administrator and for scripts."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.db import transaction
from django.utils.translation import gettext as _

from gis.accounts import services
from gis.accounts.areas import source
from gis.accounts.models import Duty
from gis.commands import JsonCommand
from gis.errors import InvalidInputError


class Command(JsonCommand):
    help = "建立用户并分配职责 / creates a user with a duty over an area"

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--username", required=True, help="用户名 / user name")
        parser.add_argument("--name", default="", help="姓名 / name shown to colleagues")
        parser.add_argument("--organisation", default="", help="单位 / organisation")
        parser.add_argument("--duty", action="append", default=[], choices=Duty.values, help="职责，可重复 / duty, repeatable")
        where = parser.add_mutually_exclusive_group()
        where.add_argument("--area", metavar="CODE", help="地域的区划代码 / code of the division the duties hold over")
        where.add_argument("--everywhere", action="store_true", help="全部地域 / the duties hold everywhere")
        parser.add_argument(
            "--password-stdin",
            action="store_true",
            help="从标准输入读密码；不给则随机生成、首次登录须改 / read the password from standard input; otherwise one is made",
        )

    def run(self, **options: Any) -> dict[str, Any]:
        if options["duty"] and not (options["area"] or options["everywhere"]):
            raise CommandError("--duty 需要 --area 或 --everywhere / --duty needs --area CODE or --everywhere", returncode=2)
        if not options["duty"] and (options["area"] or options["everywhere"]):
            raise CommandError("--area 需要 --duty / --area needs --duty", returncode=2)
        password = sys.stdin.readline().rstrip("\r\n") if options["password_stdin"] else None
        area = source().find_code(options["area"]) if options["area"] else None
        if options["area"] and area is None:
            raise InvalidInputError("unknown_area", _("没有代码为 %(code)s 的现行区划。") % {"code": options["area"][:20]})
        with transaction.atomic():
            user, chosen = services.create_user(
                None,
                options["username"],
                display_name=options["name"],
                organisation=options["organisation"],
                password=password,
            )
            for duty in options["duty"]:
                services.assign_duty(None, user, duty, area.id if area else None)
        return {
            "id": user.pk,
            "username": user.username,
            "duties": options["duty"],
            "area": area.code if area else None,
            **({} if options["password_stdin"] else {"password": chosen}),
        }

    def summary(self, result: dict[str, Any]) -> str:
        told = _("已建立用户 %(username)s。") % result
        if "password" in result:
            told += " " + _("初始密码 %(password)s，首次登录后须修改。") % result
        return told
