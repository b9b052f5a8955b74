"""The folium shell: offline, with a base map only where one is set, and nothing in it that could run."""

from __future__ import annotations

import re
from typing import Any

import folium
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client

from gis.accounts.models import Duty
from gis.webmap.basemap import csp_sources
from gis.webmap.shell import leaflet_shell
from tests.factories import make_user

TIANDITU = "https://t{s}.tianditu.gov.cn/vec_w/wmts?x={x}&y={y}&z={z}&tk=secret"


def test_the_shell_asks_no_other_host() -> None:
    shell = leaflet_shell("divisions")
    assert shell.scripts == ("vendor/leaflet/leaflet.js",) and shell.styles == ("vendor/leaflet/leaflet.css",)
    assert not re.search(r"https?://", shell.html + shell.script)
    assert f"var {shell.variable} = L.map(" in shell.script and f'id="{shell.variable}"' in shell.html
    assert "tileLayer" not in shell.script


def test_other_maps_of_folium_are_offline_too() -> None:
    """The override is of the class, so a map made anywhere in the process keeps to our files."""
    assert all(not url.startswith("http") for _name, url in folium.Map.default_js + folium.Map.default_css)


@pytest.mark.parametrize("path", [*leaflet_shell("divisions").scripts, *leaflet_shell("divisions").styles])
def test_its_files_are_there(path: str) -> None:
    assert finders.find(path), path


def test_a_base_map_is_a_layer_with_its_attribution_as_text() -> None:
    shell = leaflet_shell("divisions", basemap_url=TIANDITU, basemap_attribution="</script><b>天地图 GS(2024)0650号")
    assert "L.tileLayer(" in shell.script and "01234567" in shell.script
    assert "</script>" not in shell.script and "<b>" not in shell.script
    assert "GS(2024)0650" in shell.script


@pytest.mark.parametrize(
    ("url", "sources"),
    [
        ("", []),
        ("/own/{z}/{x}/{y}.png", []),
        (TIANDITU, ["https://*.tianditu.gov.cn"]),
        ("http://10.1.2.3:8080/{z}/{x}/{y}.png", ["http://10.1.2.3:8080"]),
        ("javascript:alert(1)", []),
    ],
)
def test_the_base_maps_host_may_send_pictures(url: str, sources: list[str]) -> None:
    assert csp_sources(url) == sources


@pytest.mark.django_db
def test_the_page_runs_only_scripts_with_its_nonce(logged_in: Any) -> None:
    client: Client = logged_in(make_user("reader", (Duty.READER, None)))
    response = client.get("/map/")
    policy = response["Content-Security-Policy"]
    nonce = re.search(r"script-src 'self' 'nonce-([^']+)'", policy)
    assert nonce and f'<script nonce="{nonce[1]}">' in response.content.decode()
    assert "unsafe-inline" not in policy.split("script-src")[1].split(";")[0] and "unsafe-eval" not in policy
    assert not re.search(r"<[^>]+\son[a-z]+=", response.content.decode()), "no handlers in attributes"
    assert client.get("/map/")["Content-Security-Policy"] != policy, "a nonce is used once"


@pytest.mark.django_db
def test_the_page_shows_the_base_map_that_is_set(logged_in: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "BASEMAP_URL", TIANDITU)
    client: Client = logged_in(make_user("reader", (Duty.READER, None)))
    assert "tianditu" in client.get("/map/").content.decode()
