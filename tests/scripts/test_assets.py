"""Every front-end file that something refers to is there, and none comes from another host."""

import json
import re
from os.path import normpath
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from prepare.assets import FILES
from prepare.paths import CHECKOUT

APPS = ("gis", "boundaries", "placenames", "importers")
STATIC_TAG = re.compile(r"""\{%\s*static\s+["']([^"']+)["']""")
STATIC_CALL = re.compile(r"""\bstatic\(\s*f?["']([^"'{}]+\.\w+)["']""")
CSS_URL = re.compile(r"""url\(\s*["']?(?!data:|#|%23)([^"')]+)["']?\s*\)""")
SOURCE_MAP = re.compile(r"[#@]\s*sourceMappingURL=(\S+?)(?:\s|\*/|$)")
MODULE_IMPORT = re.compile(r"""(?:\bfrom|\bimport)\s*\(?\s*["'](\.{1,2}/[^"']+)["']""")


def vendor_folder():
    return Path(settings.STATE_DIR) / "assets" / "vendor"


def sources(*endings):
    return [path for app in APPS for ending in endings for path in sorted((CHECKOUT / app).rglob(f"*{ending}"))]


def own_static_files(ending):
    return [path for path in sources(ending) if "static" in path.parts]


def test_templates_and_views_refer_to_files_that_exist():
    referred = {name for path in sources(".html", ".txt", ".svg") for name in STATIC_TAG.findall(path.read_text("utf-8"))}
    referred |= {name for path in sources(".py") for name in STATIC_CALL.findall(path.read_text("utf-8"))}
    assert [name for name in sorted(referred) if finders.find(name) is None] == []


def test_style_sheets_refer_to_files_that_exist():
    sheets = [*own_static_files(".css"), *vendor_folder().rglob("*.css")]
    assert sheets
    missing = [
        f"{sheet.name}: {name}"
        for sheet in sheets
        for name in CSS_URL.findall(sheet.read_text("utf-8"))
        if not (sheet.parent / name.split("?")[0].split("#")[0]).exists()
    ]
    assert missing == []


def test_source_maps_named_by_vendor_files_are_there():
    """Production's manifest storage refuses a file whose map is missing."""
    vendor = [path for path in vendor_folder().rglob("*") if path.suffix in {".css", ".js"}]
    missing = [
        f"{path.name}: {name}"
        for path in vendor
        for name in SOURCE_MAP.findall(path.read_text("utf-8"))
        if not name.startswith("data:") and not (path.parent / name).exists()
    ]
    assert missing == []


def test_modules_import_files_that_exist():
    missing = [
        f"{path.name}: {name}"
        for path in own_static_files(".js")
        for name in MODULE_IMPORT.findall(path.read_text("utf-8"))
        if not served(path, name).exists()
    ]
    assert missing == []


def served(module: Path, name: str) -> Path:
    """What an import leads to; other apps and ``vendor/`` lie beside an app's folder only where static files are served."""
    root = CHECKOUT / module.relative_to(CHECKOUT).parts[0] / "static"
    address = normpath(module.relative_to(root).parent / name)
    if address.startswith("vendor/"):
        return vendor_folder() / address.removeprefix("vendor/")
    return next((folder / address for folder in CHECKOUT.glob("*/static") if (folder / address).exists()), root / address)


def test_nothing_is_fetched_from_another_host():
    """Text may name an address; what makes a browser fetch one may not."""
    fetching = re.compile(
        r"""(?:\b(?:src|srcset|action)|<link[^>]*\bhref)\s*=\s*["']?(?:https?:)?//|@import\s+["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
    )
    guilty = [str(path.relative_to(CHECKOUT)) for path in sources(".html", ".css") if fetching.search(path.read_text("utf-8"))]
    assert guilty == []


@pytest.mark.parametrize("package", FILES)
def test_each_package_comes_with_its_licence(package):
    assert (vendor_folder() / package / "LICENSE").stat().st_size > 100


def test_npm_lock_pins_all_by_integrity_and_names_no_registry():
    lock = json.loads((CHECKOUT / "package-lock.json").read_text("utf-8"))
    packages = {name: entry for name, entry in lock["packages"].items() if name}
    assert set(FILES) <= {name.removeprefix("node_modules/") for name in packages}
    assert all(entry["integrity"].startswith("sha512-") and "resolved" not in entry for entry in packages.values())
