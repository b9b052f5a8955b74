"""English is complete: every message id of the code has a translation, and no page in English shows Chinese that is not data."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import translation

from gis.accounts.models import Duty
from tests.gis.test_access_walk import TABLE, World, laid_out, world  # noqa: F401  (the fixtures)

ROOT = Path(settings.BASE_DIR)
APPS = ("gis", "boundaries", "placenames", "importers")
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U000323af]")


def catalogue(app: str) -> Path:
    return ROOT / app / "locale" / "en" / "LC_MESSAGES" / "django.po"


@pytest.fixture(scope="session")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The message ids of each app as Django's own makemessages finds them, in a folder apart."""
    found = {}
    for app in APPS:
        copy = tmp_path_factory.mktemp("messages") / app
        shutil.copytree(ROOT / app, copy, ignore=shutil.ignore_patterns("locale", "migrations", "__pycache__", "static"))
        (copy / "locale").mkdir()
        command = [sys.executable, "-m", "django", "makemessages", "-l", "en", "--no-wrap", "-v0"]
        without_settings = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(command, cwd=copy, env=without_settings, check=True, capture_output=True, text=True)
        made = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
        if made.exists():
            found[app] = made
    return found


def test_nothing_was_missed_in_extracting(extracted):
    """A test that reads nothing finds nothing missing."""
    assert {"gis", "boundaries"} <= extracted.keys()
    assert extracted["gis"].read_text("utf-8").count("msgid ") > 150


@pytest.mark.parametrize("app", APPS)
def test_every_message_has_its_english(app, extracted):
    """msgcmp names each message that is missing, empty or fuzzy; messages that apps share may stand in any catalogue."""
    if app not in extracted:
        return
    files = [catalogue(app), *(catalogue(other) for other in APPS if other != app)]
    together = extracted[app].with_name("together.po")
    command = ["msgcat", "--use-first", "-o", together, *(path for path in files if path.exists())]
    subprocess.run(command, check=True, capture_output=True, text=True)
    result = subprocess.run(["msgcmp", together, extracted[app]], capture_output=True, text=True, check=False)
    missing = [line for line in result.stderr.splitlines() if not re.search(r": warning: |this definition is similar", line)]
    assert result.returncode == 0, "\n".join(_named(missing))


def _named(complaints: list[str]) -> Iterator[str]:
    """msgcmp gives the line of the translation; people want the message before it."""
    for complaint in complaints:
        place = re.match(r"(.*?):(\d+):(?:\d+:)? (.*)", complaint)
        before = Path(place[1]).read_text("utf-8").splitlines()[: int(place[2])] if place else []
        message = next((line for line in reversed(before) if line.startswith("msgid ")), "")
        yield f"{message}: {place[3].split(' in /')[0]}" if place else complaint


@pytest.mark.parametrize("app", APPS)
def test_the_english_is_english_and_well_formed(app, tmp_path):
    path = catalogue(app)
    if not path.exists():
        return
    subprocess.run(["msgfmt", "--check-format", "-o", tmp_path / "django.mo", path], check=True, capture_output=True)
    english = subprocess.run(["msgcat", "--no-wrap", path], check=True, capture_output=True, text=True).stdout
    chinese = [line for line in english.splitlines() if line.startswith("msgstr") and HAN.search(line)]
    # The laws' own words may be cited within English.
    assert not [line for line in chinese if "《" not in line and "（" not in line and "(" not in line], chinese


def test_messages_are_chinese():
    with translation.override("zh-hans"):
        assert translation.gettext("待办") == "待办"
    with translation.override("en"):
        assert translation.gettext("待办") == "To do"


READ_BY_PEOPLE = ("title", "alt", "placeholder", "aria-label", "aria-description", "content", "label")


def chinese_outside(html: str) -> list[str]:
    """Han characters that a reader of English meets outside elements marked as Chinese."""
    found = []
    for element in lxml.html.document_fromstring(html).iter():
        if not isinstance(element.tag, str) or element.tag in {"script", "style", "title"}:
            continue
        shown = [element.text or ""] if not _is_chinese(element) else []
        shown += [element.get(name, "") for name in READ_BY_PEOPLE if not _is_chinese(element)]
        shown += [value for name, value in element.items() if name.startswith("data-") and not _is_chinese(element)]
        parent = element.getparent()
        if parent is not None and not _is_chinese(parent):
            shown.append(element.tail or "")
        found += [f"<{element.tag}> {text.strip()[:80]}" for text in shown if HAN.search(text)]
    return found


def _is_chinese(element: Any) -> bool:
    marked = next((one.get("lang") for one in (element, *element.iterancestors()) if one.get("lang")), "")
    return str(marked).lower().startswith("zh")


def test_chinese_outside_is_found():
    assert chinese_outside("<html lang=en><p>名称</p></html>") == ["<p> 名称"]
    assert chinese_outside('<html lang=en><p><b lang="zh-Hans">东县</b> 名称</p></html>') == ["<b> 名称"]
    assert chinese_outside('<html lang=en><input placeholder="名称"></html>') == ["<input> 名称"]
    assert chinese_outside('<html lang=en><p lang="zh-Hans">东县<i>乡</i></p></html>') == []


@pytest.mark.django_db
def test_pages_in_english_show_no_chinese_but_data(world: World):  # noqa: F811
    """Every page that the table of addresses knows, read in English by somebody who may."""
    wrong = []
    for name, entries in TABLE.items():
        for access in entries:
            if access.method != "get":
                continue
            duty = Duty.DIVISION_OFFICER if Duty.DIVISION_OFFICER in access.right else min(access.right)
            client = Client(headers={"accept-language": "en"})
            if name != "login":
                client.force_login(world.people[duty, "everywhere"])
            answer = client.get(reverse(name, kwargs=dict(access.args(world))), dict(access.query(world)))
            if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
                wrong += [f"{name}: {text}" for text in chinese_outside(answer.content.decode())]
    assert not wrong, "\n".join(wrong)


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/no-such-page/", "/people/999999/", "/people/?q=%00"])
def test_errors_in_english_show_no_chinese(world: World, address: str):  # noqa: F811
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.people[Duty.ADMINISTRATOR, "everywhere"])
    answer = client.get(address)
    assert answer.status_code in {400, 404}
    assert chinese_outside(answer.content.decode()) == []
