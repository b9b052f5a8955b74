"""The audit trail: only added to, read by auditors of the area, taken along without running anything."""

from __future__ import annotations

import ast
import csv
import io
from pathlib import Path

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.urls import reverse

from boundaries.models import Level
from gis.accounts import services
from gis.accounts.models import Duty
from gis.audit import services as audit
from gis.audit.differences import differences
from gis.audit.models import AuditEntry
from gis.audit.words import action_word, known_actions
from tests.factories import make_division, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def places():
    province = make_division("某省", Level.PROVINCE, code="410000")
    east = make_division("东县", Level.COUNTY, code="419901", parent=province)
    west = make_division("西县", Level.COUNTY, code="419902", parent=province)
    return {"province": province, "east": east, "west": west}


@pytest.fixture
def chief():
    return make_user("chief", (Duty.ADMINISTRATOR, None), display_name="郑管理")


def an_entry(chief, **facts):
    with transaction.atomic():
        return audit.record(actor=chief, action=facts.pop("action", "user.update"), target=chief, **facts)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE yudi_auditentry SET actor_name = 'x'",
        "UPDATE yudi_auditentry SET reason = reason WHERE id = (SELECT max(id) FROM yudi_auditentry)",
        "DELETE FROM yudi_auditentry",
        "INSERT INTO yudi_auditentry SELECT * FROM yudi_auditentry ON CONFLICT (id) DO UPDATE SET actor_name = 'x'",
    ],
)
def test_the_database_refuses_to_change_the_trail(chief, statement):
    an_entry(chief)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEntry.objects.filter(actor_name="郑管理").exists()


def test_the_database_refuses_to_empty_the_trail(chief):
    """The guard lets databases named test_… be emptied between tests; under any other name it refuses."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT prosrc FROM pg_proc WHERE proname = 'yudi_audit_is_append_only'")
        body = cursor.fetchone()[0]
        assert body.count("current_database() LIKE 'test\\_%'") == 1
        # The same function as it would be in an office's database, where the name of the database does not begin with test_.
        cursor.execute(
            "CREATE OR REPLACE FUNCTION yudi_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $f$"
            + body.replace("current_database()", "'yudi'")
            + "$f$"
        )
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE yudi_auditentry")


def test_a_deed_and_its_entry_stand_or_fall_together(chief):
    with pytest.raises(RuntimeError), transaction.atomic():
        services.create_user(chief, "qiwei")
        raise RuntimeError
    assert not AuditEntry.objects.filter(action="user.create").exists()


@pytest.mark.django_db(transaction=True)
def test_recording_outside_a_transaction_is_a_programming_error(chief):
    with pytest.raises(RuntimeError, match="inside the transaction"):
        audit.record(actor=chief, action="user.update", target=chief)


def test_an_auditor_sees_the_entries_of_the_own_area(chief, places, logged_in):
    an_entry(chief, label="东县的事", area=places["east"].pk)
    an_entry(chief, label="西县的事", area=places["west"].pk)
    an_entry(chief, label="全局的事")
    county = logged_in(make_user("auditor", (Duty.AUDITOR, places["east"])))
    page = county.get(reverse("audit")).content.decode()
    assert "东县的事" in page and "西县的事" not in page and "全局的事" not in page
    exported = b"".join(county.get(reverse("audit-export")).streaming_content).decode("utf-8-sig")
    assert "东县的事" in exported and "西县的事" not in exported
    # Over the province, or without a limit, everything is seen.
    for area in (places["province"], None):
        client = logged_in(make_user(f"auditor-{area}", (Duty.AUDITOR, area)))
        page = client.get(reverse("audit")).content.decode()
        assert all(label in page for label in ("东县的事", "西县的事", "全局的事"))


@pytest.fixture
def auditor(places, logged_in):
    return logged_in(make_user("auditor", (Duty.AUDITOR, None)))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"person": "郑"}, True),
        ({"person": "chief"}, True),
        ({"person": "王"}, False),
        ({"action": "user.update"}, True),
        ({"action": "duty.end"}, False),
        ({"target": "记号"}, True),
        ({"area": "410000"}, True),
        ({"area": "419901"}, True),
        ({"area": "419902"}, False),
        ({"since": "2000-01-01", "until": "2199-01-01"}, True),
        ({"until": "2000-01-01"}, False),
        ({"since": "2199-01-01"}, False),
    ],
)
def test_the_trail_is_narrowed_down(auditor, chief, places, query, found):
    an_entry(chief, label="记号甲", area=places["east"].pk)
    answer = auditor.get(reverse("audit"), query)
    assert answer.status_code == 200
    assert ("记号甲" in answer.content.decode()) is found


@pytest.mark.parametrize("query", [{"since": "明天"}, {"since": "0001-01-01"}, {"until": "9999-99-99"}, {"area": "000000"}])
def test_a_filter_that_makes_no_sense_shows_nothing_and_says_why(auditor, chief, query):
    an_entry(chief, label="记号甲")
    for name in ("audit", "audit-export"):
        answer = auditor.get(reverse(name), query)
        assert answer.status_code == 422
        assert "记号甲" not in answer.content.decode() and "errorlist" in answer.content.decode()


def test_the_export_runs_nothing_in_a_spreadsheet_and_is_itself_recorded(auditor, chief):
    an_entry(chief, label="=cmd|' /C calc'!A0", reason="+1", after={"display_name": "@x"})
    answer = auditor.get(reverse("audit-export"), {"person": "郑管理"})
    raw = b"".join(answer.streaming_content)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    assert rows[0][:4] == ["编号", "时间", "何人", "何事"]
    assert rows[1][5] == "'=cmd|' /C calc'!A0" and rows[1][8] == "'+1"
    assert all(not cell.startswith(("=", "+", "-", "@")) for row in rows[1:] for cell in row)
    assert AuditEntry.objects.get(action="audit.export").after == {"filters": {"person": "郑管理"}}


def test_differences_are_told_in_words(chief):
    before = {"display_name": "甲", "is_active": True, "organisation": "民政局"}
    after = {"display_name": "乙", "is_active": False, "organisation": "民政局", "duty": "reviewer", "list": [{"duty": "auditor"}]}
    rows = [(row.field, row.before, row.after) for row in differences(an_entry(chief, before=before, after=after))]
    assert rows[:3] == [("姓名", "甲", "乙"), ("可以登录", "是", "否"), ("职责", None, "审核")]
    assert rows[3][2] == "职责 监督"


def test_script_in_the_trail_is_shown_as_text(auditor, chief):
    an_entry(chief, label="<script>alert(1)</script>", after={"<img src=x onerror=alert(1)>": "<b>"})
    page = auditor.get(reverse("audit")).content.decode()
    assert "<script>alert" not in page and "<img src=x" not in page and "&lt;img src=x" in page


def test_every_action_the_code_records_has_words():
    """Reads the code: each literal ``action=`` of a call to ``record`` has to be registered with its words."""
    unknown = []
    for app in ("gis", "boundaries", "placenames", "importers"):
        for path in Path(settings.BASE_DIR, app).rglob("*.py"):
            unknown += [f"{path}: {action}" for action in _recorded_actions(path) if action not in known_actions()]
    assert not unknown, "\n".join(unknown)
    assert action_word("user.create") == "建立账号"


def _recorded_actions(path: Path) -> list[str]:
    calls = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    recorded = [call for call in calls if getattr(call.func, "attr", getattr(call.func, "id", "")) == "record"]
    given = [keyword.value for call in recorded for keyword in call.keywords if keyword.arg == "action"]
    # Either a literal or a choice between literals; composed names are spelled out in the words of their app.
    either = [branch for value in given for branch in ([value.body, value.orelse] if isinstance(value, ast.IfExp) else [value])]
    return [branch.value for branch in either if isinstance(branch, ast.Constant) and isinstance(branch.value, str)]
