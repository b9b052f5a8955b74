"""Settings: declared once, documented, clean in production."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from gis.management.commands import settings_doc
from gis.settings import environment

ROOT = Path(settings.BASE_DIR)
ENVIRONMENT = ROOT / "gis" / "settings" / "environment.py"
# Django's own convention for choosing the settings, before any setting can be read.
DJANGO_STARTS = {ROOT / "manage.py", ROOT / "gis" / "wsgi.py"}


def test_the_environment_is_read_in_one_place_only():
    found = []
    for path in [ROOT / "manage.py", *(path for app in settings_apps() for path in app.rglob("*.py"))]:
        if path == ENVIRONMENT:
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            reads = isinstance(node, ast.Attribute) and node.attr in {"environ", "getenv", "environb"}
            reads = reads or (isinstance(node, ast.ImportFrom) and node.module == "os" and {"environ", "getenv"} & _names(node))
            if reads and path not in DJANGO_STARTS:
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not found, f"declare these in gis/settings/environment.py: {found}"


def settings_apps() -> list[Path]:
    return [ROOT / app for app in ("gis", "boundaries", "placenames", "importers")]


def _names(node: ast.ImportFrom) -> set[str]:
    return {alias.name for alias in node.names}


def test_the_settings_page_is_fresh_and_complete():
    call_command("settings_doc", "--check")
    page = settings_doc.PAGE.read_text("utf-8")
    for variable in environment.VARIABLES.values():
        assert page.count(f"| `{variable.name}` |") == 2, variable.name
        assert variable.help_zh in page and variable.help_en in page


def test_a_stale_settings_page_is_found(monkeypatch, tmp_path):
    monkeypatch.setattr(settings_doc, "PAGE", tmp_path / "settings.md")
    with pytest.raises(CommandError, match="stale"):
        call_command("settings_doc", "--check")


def test_a_variable_is_declared_once():
    with pytest.raises(RuntimeError, match="twice"):
        environment.declare("YUDI_SECRET_KEY", "x", "x")


@pytest.mark.parametrize(
    ("name", "text"), [("YUDI_HTTPS", "vielleicht"), ("YUDI_UPLOAD_LIMIT_MB", "viel"), ("YUDI_SECRET_KEY", None)]
)
def test_an_unusable_value_is_named_in_both_languages(monkeypatch, name, text):
    if text is None:
        monkeypatch.delenv(name, raising=False)
    else:
        monkeypatch.setenv(name, text)
    with pytest.raises(environment.ImproperEnvironment, match=name) as refusal:
        environment.VARIABLES[name].read(required=True)
    assert " / " in str(refusal.value)


PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "gis.settings.production",
    "YUDI_SECRET_KEY": "for-the-tests-only-" + "aB3dE6gH9jK2" * 4,
    "YUDI_ALLOWED_HOSTS": "yudi.example.org",
    "YUDI_TRUSTED_ORIGINS": "https://yudi.example.org",
}


def manage(*arguments: str, **environment_of_it: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("YUDI_", "DJANGO_", "DATABASE_URL"))}
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    return subprocess.run(command, env=kept | environment_of_it, cwd=ROOT, capture_output=True, text=True, check=False)


def test_production_settings_pass_the_deployment_check():
    result = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "no issues" in result.stdout + result.stderr


@pytest.mark.parametrize("missing", ["YUDI_SECRET_KEY", "YUDI_ALLOWED_HOSTS"])
def test_production_does_not_start_without_what_it_needs(missing):
    result = manage("check", **{name: value for name, value in PRODUCTION.items() if name != missing})
    assert result.returncode != 0 and missing in result.stderr


def test_a_database_name_is_no_way_to_another_database():
    result = manage("check", DJANGO_SETTINGS_MODULE="gis.settings.development", YUDI_DATABASE="x; drop database y")
    assert result.returncode != 0 and "YUDI_DATABASE" in result.stderr
