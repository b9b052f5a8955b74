"""`scripts/manage create_user`: the first administrator, and people made by scripts."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from boundaries.models import Level
from gis.accounts.models import Duty, User
from tests.factories import make_division

pytestmark = pytest.mark.django_db


def create(*arguments: str) -> tuple[int, dict[str, Any]]:
    out = io.StringIO()
    try:
        call_command("create_user", *arguments, "--json", stdout=out)
    except SystemExit as end:
        return int(end.code or 0), json.loads(out.getvalue())
    return 0, json.loads(out.getvalue())


def test_the_first_administrator():
    status, told = create("--username", "guanli", "--duty", "administrator", "--everywhere")
    person = User.objects.get(pk=told["id"])
    assert status == 0 and person.check_password(told["password"]) and person.must_change_password
    assert list(person.duty_assignments.values_list("duty", "area")) == [("administrator", None)]


def test_an_officer_of_a_county_with_a_password_of_her_own(monkeypatch):
    county = make_division("东县", Level.COUNTY, code="419901")
    monkeypatch.setattr("sys.stdin", io.StringIO("山高水长-2026年\n"))
    status, told = create("--username", "qw", "--name", "齐威", "--duty", "reviewer", "--area", "419901", "--password-stdin")
    person = User.objects.get(username="qw")
    assert status == 0 and "password" not in told and told["area"] == "419901"
    assert person.check_password("山高水长-2026年") and not person.must_change_password
    assert person.duty_assignments.get().area_id == county.pk and person.duty_assignments.get().duty == Duty.REVIEWER


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--username", "x", "--duty", "reader", "--area", "999999"], "unknown_area"),
        (["--username", "a b"], "invalid_user"),
        (["--username", "", "--duty", "reader", "--everywhere"], "invalid_user"),
    ],
)
def test_refusals_change_nothing(arguments, code):
    status, told = create(*arguments)
    assert status == 1 and told["error"]["code"] == code
    assert not User.objects.exists()


def test_a_name_is_given_once():
    assert create("--username", "qw")[0] == 0
    status, told = create("--username", "qw", "--duty", "reader", "--everywhere")
    assert status == 1 and told["error"]["code"] == "username_taken"
    assert User.objects.get().duty_assignments.count() == 0


@pytest.mark.parametrize("arguments", [["--username", "x", "--duty", "reader"], ["--username", "x", "--everywhere"], []])
def test_wrong_usage(arguments):
    with pytest.raises(CommandError):
        create(*arguments)
