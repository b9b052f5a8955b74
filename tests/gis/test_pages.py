"""What holds for all pages: their assets are there, they ask no other host, they run nothing inline."""

from __future__ import annotations

import re
from os.path import normpath
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import reverse

from gis.accounts.models import Duty
from tests.factories import make_user

ROOT = Path(settings.BASE_DIR)
TEMPLATES = sorted(
    path for app in ("gis", "boundaries", "placenames", "importers") for path in ROOT.glob(f"{app}/templates/**/*.html")
)
STYLES = sorted(path for app in ("gis", "boundaries", "placenames", "importers") for path in ROOT.glob(f"{app}/static/**/*.css"))
SCRIPTS = sorted(path for app in ("gis", "boundaries", "placenames", "importers") for path in ROOT.glob(f"{app}/static/**/*.js"))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_refers_to_assets_that_exist(path):
    for asset in re.findall(r"""{%\s*static\s+['"]([^'"]+)['"]""", path.read_text("utf-8")):
        assert finders.find(asset), asset


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_a_template_asks_no_other_host_and_runs_nothing_inline(path):
    text = path.read_text("utf-8")
    assert not re.findall(r"""(?:src|href|action|hx-get|hx-post)=["'](?:https?:)?//""", text)
    assert not re.findall(r"\son[a-z]+=", re.sub(r"{%.*?%}", "", text)), "an event attribute; put it into a script file"
    inline = re.findall(r"<script\b(?![^>]*\b(?:src|type=\"application/json\"|nonce)\b)[^>]*>", text)
    assert not inline, "an inline script without a nonce"


@pytest.mark.parametrize("path", STYLES, ids=name_of)
def test_a_style_refers_to_files_beside_it_only(path):
    for address in re.findall(r"url\(\s*['\"]?([^'\")]+)", path.read_text("utf-8")):
        assert address.startswith("data:") or (path.parent / address.split("#")[0].split("?")[0]).exists(), address


@pytest.mark.parametrize("path", SCRIPTS, ids=name_of)
def test_a_script_refers_to_modules_that_exist_and_to_no_host(path):
    text = path.read_text("utf-8")
    for module in re.findall(r"""(?:from|import)\s+["'](\.[^"']+)["']""", text):
        # All apps, and what npm brings, are served as one tree: gis/chunks.js of another app is up and down again.
        served = path.relative_to(ROOT / path.relative_to(ROOT).parts[0] / "static")
        assert finders.find(normpath(served.parent / module)), module
    asked = re.sub(r"""\bxmlns(?:=|: )["'][^"']+["']""", "", text)  # the name of a vocabulary is no address to go to
    assert not re.findall(r"""["'`](?:https?:)?//[a-z]""", asked)
    assert not re.search(r"\beval\(|new Function\(|document\.write\(", text)


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_icons_that_templates_use_exist(path):
    known = set(re.findall(r'<symbol id="([^"]+)"', (ROOT / "gis/static/gis/icons.svg").read_text("utf-8")))
    assert set(re.findall(r"""{%\s*icon\s+["']([^"']+)["']""", path.read_text("utf-8"))) <= known


@pytest.mark.django_db
def test_every_menu_entry_has_its_icon_and_opens(logged_in):
    user = make_user("all", *((duty, None) for duty in Duty))
    known = (ROOT / "gis/static/gis/icons.svg").read_text("utf-8")
    client = logged_in(user)
    menu = client.get(reverse("home")).context["menu"]()
    assert len(menu) >= 4
    assert all(f'<symbol id="{group["icon"]}"' in known for group in menu if group.get("icon"))
    for entry in [one for group in menu for one in group.get("entries", [group])]:
        assert f'<symbol id="{entry["icon"]}"' in known, entry["title"]
        answer = client.get(entry["url"])
        assert answer.status_code == 200
        shown = [one for group in answer.context["menu"]() for one in group.get("entries", [group])]
        assert [one["title"] for one in shown if one["active"]] == [entry["title"]]


@pytest.mark.django_db
def test_the_headers_keep_a_page_to_itself():
    make_user("reader", (Duty.READER, None))
    client = Client()
    client.post(reverse("login"), {"username": "reader", "password": "correct horse 演示"})
    answer = client.get(reverse("home"))
    policy = dict(part.strip().split(" ", 1) for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'self'" and "unsafe" not in policy["script-src"]
    assert policy["object-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
    assert answer["X-Frame-Options"] == "DENY" and answer["X-Content-Type-Options"] == "nosniff"
    assert client.cookies["sessionid"]["httponly"] and client.cookies["sessionid"]["samesite"] == "Lax"


@pytest.mark.django_db
def test_the_health_check_needs_no_log_in():
    assert Client().get(reverse("healthz")).json() == {"status": "ok"}
