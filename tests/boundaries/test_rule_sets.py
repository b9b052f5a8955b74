"""Standards: those that come with the software, loading, previewing, adopting and retiring others."""

from __future__ import annotations

import io
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from boundaries.models import Division, Level, RuleSet, RuleSetState
from boundaries.services import indicators, rule_sets
from boundaries.services.indicator_entries import Entry
from boundaries.services.rule_set_preview import preview_changes
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, ForbiddenError, InvalidInputError, NotFoundError
from tests.boundaries.standards import official
from tests.commands import run
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db

DAY = date(2026, 6, 1)


@pytest.fixture
def province() -> Division:
    return make_division("某省", Level.PROVINCE, code="410000")


@pytest.fixture
def townships(province) -> dict[str, Division]:
    """甲乡 40,000 people, 乙乡 25,000, 丙乡 unknown."""
    county = make_division("某县", Level.COUNTY, parent=province, code="411799")
    made = {}
    for number, (name, people) in enumerate({"甲乡": "40000", "乙乡": "25000", "丙乡": ""}.items()):
        made[name] = make_division(name, parent=county, code=f"41179920{number}")
        if people:
            indicators.enter(Entry(made[name].pk, "population", people, "人", "2025", "年鉴", "常住"), None)
    return made


# --- shipped ------------------------------------------------------------------------------------------------------------------


def test_the_three_shipped_standards_are_there_after_migrating_and_stay_as_they_are():
    shipped = {row.identifier: row for row in RuleSet.objects.all()}
    assert {"HN-TOWN-2008-TRIAL", "HN-SUBDISTRICT-2017-TRIAL", "NATIONAL-TOWN-1984"} == shipped.keys()
    assert all(row.shipped and row.state == RuleSetState.ADOPTED for row in shipped.values())
    assert not any(row.status == "official" for row in shipped.values())
    assert rule_sets.sync_shipped() == []


def test_a_new_edition_follows_the_shipped_one(monkeypatch):
    monkeypatch.setattr(rule_sets, "shipped_files", lambda: {"a.toml": official(status="trial")})
    (first,) = rule_sets.sync_shipped()
    monkeypatch.setattr(rule_sets, "shipped_files", lambda: {"a.toml": official(31_000, status="trial")})
    (second,) = rule_sets.sync_shipped()
    first.refresh_from_db()
    assert (first.state, second.state) == (RuleSetState.RETIRED, RuleSetState.ADOPTED)


def test_a_new_shipped_edition_never_replaces_what_the_office_chose(monkeypatch):
    monkeypatch.setattr(rule_sets, "shipped_files", lambda: {"a.toml": official(status="trial")})
    (first,) = rule_sets.sync_shipped()
    rule_sets.retire(first, None, "不用")
    monkeypatch.setattr(rule_sets, "shipped_files", lambda: {"a.toml": official(31_000, status="trial")})
    (second,) = rule_sets.sync_shipped()
    assert second.state == RuleSetState.DRAFT
    own = rule_sets.adopt(rule_sets.load_draft(official(32_000, status="trial"), "own.toml", None), None, "本省文本")
    monkeypatch.setattr(rule_sets, "shipped_files", lambda: {"a.toml": official(33_000, status="trial")})
    (third,) = rule_sets.sync_shipped()
    own.refresh_from_db()
    assert (own.state, third.state) == (RuleSetState.ADOPTED, RuleSetState.DRAFT)


# --- choosing (STD-00) --------------------------------------------------------------------------------------------------------


def test_std_00_an_adopted_official_set_carries_the_verdict_from_its_first_day():
    rule_sets.adopt(rule_sets.load_draft(official(), "a.toml", None), None, "某政〔2024〕1号")
    assert rule_sets.choose("town", date(2024, 2, 1)).advisory is False
    before = rule_sets.choose("town", date(2024, 1, 31))
    assert (before.advisory, before.rules.id) == (True, "HN-TOWN-2008-TRIAL")


def test_std_00_a_draft_counts_for_nothing_even_when_it_is_named():
    rule_sets.load_draft(official(), "a.toml", None)
    assert rule_sets.choose("town", DAY).rules.id == "HN-TOWN-2008-TRIAL"
    named = rule_sets.choose("town", DAY, "TEST-TOWN-2024")
    assert named.advisory is True
    assert "not_adopted" in {one.code for one in named.findings}


def test_std_00_two_official_sets_at_once_are_told_not_guessed():
    for identifier in ("TEST-TOWN-A", "TEST-TOWN-B"):
        rule_sets.adopt(rule_sets.load_draft(official(id=identifier), "a.toml", None), None, "试验")
    with pytest.raises(ConflictError) as refused:
        rule_sets.choose("town", DAY)
    assert refused.value.code == "two_official_rule_sets"


# --- loading, adopting, retiring ----------------------------------------------------------------------------------------------


def test_a_draft_is_kept_as_it_came_with_its_digest_and_trail():
    text = official()
    row = rule_sets.load_draft(text, "标准.toml", make_user("qh", (Duty.DIVISION_OFFICER, None)))
    assert (row.toml, row.state, len(row.sha256)) == (text, RuleSetState.DRAFT, 64)
    assert AuditEntry.objects.get(action="rule_set.load").after["file"] == "标准.toml"
    with pytest.raises(ConflictError):
        rule_sets.load_draft(text, "again.toml", None)


def test_errors_name_their_lines():
    lines = official().split("\n")
    wrong = "\n".join(line.replace('"人"', '"斤"').replace("[[criterion]]", "[[criterion]]\nthreshhold = 3") for line in lines)
    with pytest.raises(InvalidInputError) as refused:
        rule_sets.load_draft(wrong, "a.toml", None)
    problems = refused.value.details["problems"]
    assert {wrong.split("\n").index('unit = "斤"') + 1, wrong.split("\n").index("threshhold = 3") + 1} <= {
        one["line"] for one in problems
    }
    assert "第" in str(refused.value.message)
    assert not RuleSet.objects.filter(shipped=False).exists()


def test_adopting_needs_a_reason_and_the_right(province):
    row = rule_sets.load_draft(official(), "a.toml", None)
    with pytest.raises(InvalidInputError):
        rule_sets.adopt(row, None, " ")
    county = make_division("某县", Level.COUNTY, parent=province)
    for duty in Duty:
        if duty in (Duty.DIVISION_OFFICER, Duty.REVIEWER):
            continue
        with pytest.raises(ForbiddenError):
            rule_sets.adopt(row, make_user(f"p-{duty}", (duty, None)), "理由")
    with pytest.raises(ForbiddenError):
        rule_sets.adopt(row, make_user("county", (Duty.DIVISION_OFFICER, county)), "只管一个县的人不能为全省采用标准")
    adopted = rule_sets.adopt(row, make_user("province", (Duty.DIVISION_OFFICER, province)), "某政〔2024〕1号")
    assert (adopted.state, adopted.adopted_by.username) == (RuleSetState.ADOPTED, "province")
    assert AuditEntry.objects.get(action="rule_set.adopt").reason == "某政〔2024〕1号"
    with pytest.raises(ConflictError):
        rule_sets.adopt(row, None, "再一次")


def test_one_adopted_edition_and_a_way_back():
    first = rule_sets.adopt(rule_sets.load_draft(official(30_000), "a.toml", None), None, "一")
    second = rule_sets.adopt(rule_sets.load_draft(official(31_000), "b.toml", None), None, "二")
    first.refresh_from_db()
    assert first.state == RuleSetState.RETIRED
    rule_sets.adopt(first, None, "回到旧版")
    second.refresh_from_db()
    assert second.state == RuleSetState.RETIRED
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleSet.objects.filter(pk=second.pk).update(state=RuleSetState.ADOPTED)


def test_a_text_this_version_cannot_read_is_told_not_skipped():
    RuleSet.objects.filter(identifier="HN-TOWN-2008-TRIAL").update(toml="format = 99", sha256="0" * 64)
    with pytest.raises(InvalidInputError) as refused:
        rule_sets.choose("town", DAY)
    assert refused.value.code == "rule_set_unreadable"


# --- preview ------------------------------------------------------------------------------------------------------------------


def test_the_preview_names_every_township_that_would_change_and_writes_nothing(townships):
    row = rule_sets.load_draft(official(30_000), "a.toml", None)
    before = AuditEntry.objects.count()
    (preview,) = preview_changes(row, DAY)
    found = {change.place.name: (change.old.klass.value, change.new.klass.value) for change in preview.changes}
    # By the trial standard nothing is known of the county's density, so every unit is open.
    assert found == {"甲乡": ("undetermined", "qualifies"), "乙乡": ("undetermined", "near")}
    assert (preview.becomes_current, preview.units) == (True, 3)
    assert dict(((old, new), count) for old, new, count in preview.moves) == {
        ("undetermined", "qualifies"): 1,
        ("undetermined", "near"): 1,
    }
    row.refresh_from_db()
    assert (row.state, AuditEntry.objects.count()) == (RuleSetState.DRAFT, before)


def test_a_preview_says_when_another_standard_would_still_go_first(townships):
    rule_sets.adopt(rule_sets.load_draft(official(), "a.toml", None), None, "正式")
    (preview,) = preview_changes(rule_sets.load_draft(official(id="TEST-TEMPLATE", status="template"), "b.toml", None), DAY)
    assert preview.becomes_current is False


# --- commands -----------------------------------------------------------------------------------------------------------------


def test_load_rule_set_dry_run_load_adopt(townships, tmp_path):
    path = tmp_path / "标准.toml"
    path.write_text(official(), "utf-8")
    status, dry = run("load_rule_set", str(path), "--dry-run", "--on", "2026-06-01")
    assert (status, dry["rule_set"]["state"], dry["previews"][0]["changed"]) == (0, None, 2)
    assert not RuleSet.objects.filter(shipped=False).exists()
    status, refused = run("load_rule_set", str(path), "--adopt")
    assert (status, refused["error"]["code"]) == (1, "reason_missing")
    status, loaded = run("load_rule_set", str(path), "--adopt", "--reason", "某政〔2024〕1号")
    assert (status, loaded["rule_set"]["state"]) == (0, "adopted")
    status, document = run("check_establishment", "--division", "411799200", "--target", "town", "--on", "2026-06-01")
    assert (document["advisory"], document["overall"], document["rule_set"]["id"]) == (False, "qualifies", "TEST-TOWN-2024")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"format = 1\nid = \xff", "rule_set_invalid"),
        (b"", "rule_set_invalid"),
        (b"[[[", "rule_set_invalid"),
        (b"x" * (3 * 1024 * 1024), "file_too_large"),
        (official().replace("试验省设立镇标准", "<script>alert(1)</script>").encode(), "rule_set_invalid"),
        (official().replace("30000", "1e400").encode(), "rule_set_invalid"),
    ],
)
def test_bad_files(content, code, tmp_path):
    path = tmp_path / "bad.toml"
    path.write_bytes(content)
    status, document = run("load_rule_set", str(path))
    assert (status, document["error"]["code"]) == (1, code)
    assert not RuleSet.objects.filter(shipped=False).exists()


def test_the_page_of_rules_is_true():
    out = io.StringIO()
    call_command("rules_doc", "--check", "--json", stdout=out)
    assert '"changed": false' in out.getvalue()


def test_unknown_rule_set_lists_those_there_are():
    with pytest.raises(NotFoundError) as refused:
        rule_sets.find("NO-SUCH")
    assert "HN-TOWN-2008-TRIAL" in str(refused.value.message)


def test_an_orphan_is_not_the_whole_register(province):
    """A township whose county is not loaded has nothing above it; its officer still does not decide for the province."""
    orphan = make_division("孤乡", code="411701201")
    row = rule_sets.load_draft(official(), "a.toml", None)
    with pytest.raises(ForbiddenError):
        rule_sets.adopt(row, make_user("orphan", (Duty.DIVISION_OFFICER, orphan)), "理由")
