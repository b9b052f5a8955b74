"""The menu: entries of one duty together, the current group open, a lone entry without a group around it."""

from __future__ import annotations

import pytest
from django.test import Client

from gis.accounts.models import Duty
from gis.menu import menu_for
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db
LINES = ["界线", "联检计划", "外业", "边界隐患"]


def rows(user, path: str) -> dict[str, dict]:
    return {str(row["title"]): row for row in menu_for(user, path)}


def test_the_group_of_the_page_is_open_and_no_other():
    officer = make_user("officer", (Duty.DIVISION_OFFICER, make_division("某县")))
    menu = rows(officer, "/inspections/")
    assert list(menu)[:3] == ["待办", "期限", "地图"] and "entries" not in menu["地图"]
    assert [str(one["title"]) for one in menu["界线与联检"]["entries"]] == LINES
    assert [title for title, row in menu.items() if row["active"]] == ["界线与联检"]
    client = Client()
    client.force_login(officer)
    page = client.get("/boundary-lines/").content.decode()
    assert page.count('<details class="menu-group" open>') == 1 and page.count('<details class="menu-group">') >= 2
    assert page.count('aria-current="page"') == 1


def test_of_two_addresses_that_begin_the_path_the_longer_is_current():
    officer = make_user("officer", (Duty.DIVISION_OFFICER, make_division("某县")))
    for path in ("/", "/lines/1/inspections/", "/boundary-lines/2/", "/decisions/3/", "/inspections/2/", "/hazards/1/"):
        active = [one for row in rows(officer, path).values() for one in row.get("entries", [row]) if one["active"]]
        assert len(active) == 1, path


def test_a_group_with_one_entry_is_that_entry():
    keeper = make_user("keeper", (Duty.ADMINISTRATOR, None))
    assert all(len(row["entries"]) > 1 for row in rows(keeper, "/").values() if "entries" in row)
