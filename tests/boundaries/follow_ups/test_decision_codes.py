"""Codes determined after a decision took effect: CODE-01 … CODE-07 with vectors of T2, both clocks, the map, the trail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from boundaries.models import (
    Authority,
    DecisionFollowUp,
    Division,
    DivisionCode,
    DivisionRecord,
    Level,
    MapRevision,
    MapShape,
    SourceKind,
)
from boundaries.services import after_approval, decision_codes, decisions, follow_ups, history
from boundaries.services.decisions import ActEntry
from boundaries.services.holidays import office_clock
from gis.accounts.models import Duty
from gis.audit.models import AuditEntry
from gis.errors import ConflictError, InvalidInputError
from tests.boundaries.decided import stated
from tests.boundaries.follow_ups.conftest import to_town, unit
from tests.factories import make_division, make_user, square

D = date(2025, 10, 9)
EVE = D - timedelta(days=1)
PUBLISHED = date(2025, 11, 5)
PAPER = "豫民文〔2025〕9号"


def code_on(division: int, day: date, authority: str = Authority.MCA) -> str | None:
    row = DivisionCode.objects.on(day).filter(division=division, authority=authority).first()
    return row.code if row else None


def give(decision, codes, *, version=0, who="province", published=PUBLISHED, **more):
    return decision_codes.record_codes(None, decision, version, codes, who, PAPER, published, **more)


def refused(decision, codes, **more) -> str:
    with pytest.raises((ConflictError, InvalidInputError)) as caught:
        give(decision, codes, **more)
    found = caught.value.details.get("findings")
    return f"{caught.value.code} {[one['code'] for one in found]}" if found else caught.value.code


def test_code_03_a_town_gets_its_code_a_month_later(enacted, django_capture_on_commit_callbacks):
    decision = enacted(D)
    town = unit("麦垄镇", D)
    [awaited] = after_approval.standing(decision).awaited
    assert (awaited.division, awaited.name, awaited.new, awaited.parent) == (town, "麦垄镇", True, "417021")
    assert decision_codes.proposed([awaited]) == {town: "417021106"}
    assert code_on(town, D) is None
    before = timezone.now()
    drawn = MapRevision.objects.get(level=4).revision
    with django_capture_on_commit_callbacks(execute=True):
        follow_up = give(decision, {town: "417021106"})
    row = DivisionCode.objects.current().get(division=town)
    assert (row.code, row.valid.lower, row.valid.upper) == ("417021106", D, None) and row.recorded.lower > before
    assert (row.source.document_number, row.source.issuer, row.source.dated) == (PAPER, "省民政厅", PUBLISHED)
    assert row.source.kind == SourceKind.DEMO
    assert (follow_up.code_published_on, follow_up.code_document) == (PUBLISHED, PAPER)
    assert after_approval.standing(decision).awaited == ()
    # What was known before is what was known before; the map shows the code.
    assert not DivisionCode.objects.known_at(before).filter(division=town).exists()
    assert MapRevision.objects.get(level=4).revision > drawn
    assert set(MapShape.objects.filter(division=town).values_list("code", flat=True)) == {"417021106"}
    assert history.find_all(D, code="417021106") == [town]
    entry = AuditEntry.objects.get(action="decision.codes")
    assert entry.before["codes"] == {"麦垄镇": ""} and entry.after["codes"] == {"麦垄镇": "417021106"}


def test_code_03_a_used_code_is_never_given_again(enacted):
    """T2: never a code used before, of whichever time; not even where the approval was before the Measures."""
    for day in (D, date(2025, 7, 16)):
        decision = enacted(day, to_town("麦垄乡" if day == D else "沙屿乡", day))
        town = unit("麦垄镇" if day == D else "沙屿镇", day)
        old = DivisionCode.objects.filter(authority="mca", valid__upper_inf=False, code__startswith="417021").first()
        assert old is not None
        assert refused(decision, {town: old.code}) == "code_used"
        holder = DivisionCode.objects.on(day).filter(authority="mca", code__startswith="4170211").first()
        assert refused(decision, {town: holder.code}) == "code_used"
        assert code_on(town, day) is None and not DecisionFollowUp.objects.exists()


def test_t2_code_03_biyang_a_code_out_of_sequence_needs_a_reason(db):
    """象河乡 411726207 → 象河镇: above every 1xx code ever used; a gap (104) or a leap (120) is for the document to explain."""
    province = make_division("河南省", Level.PROVINCE, code="410000")
    city = make_division("驻马店市", Level.PREFECTURE, code="411700", parent=province)
    county = make_division("泌阳县", Level.COUNTY, code="411726", parent=city)
    for serial in (102, 103, *range(105, 114)):
        make_division(f"甲{serial}镇", type="town", code=f"411726{serial}", parent=county)
    make_division("象河乡", code="411726207", parent=county)
    decision = decisions.create_draft(None, county, [to_town("象河乡", D)], **stated(D, approved_on=D, case={}))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint, reason="试验", redraw=False)
    town = unit("象河镇", D)
    assert decision_codes.proposed(after_approval.standing(decision).awaited) == {town: "411726114"}
    assert refused(decision, {town: "411726207"}) == "code_used"
    for code in ("411726104", "411726120"):
        assert refused(decision, {town: code}) == "reason_missing ['not_next_in_sequence']"
    assert refused(decision, {town: "411726208"}).startswith("reason_missing")  # CODE-02: a township's segment
    give(decision, {town: "411726120"}, reason="省厅文件如此")
    assert code_on(town, D) == "411726120"
    assert AuditEntry.objects.get(action="decision.codes").reason == "省厅文件如此"


def test_code_07_who_determines(enacted):
    decision = enacted(D)
    town = unit("麦垄镇", D)
    assert refused(decision, {town: "417021106"}, who="city") == "rules_block ['wrong_determiner']"
    assert refused(decision, {town: "417021106"}, who="somebody") == "unknown_determiner"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("417021", "bad_code"),
        ("41702110６", "bad_code"),
        ("41702110x", "bad_code"),
        ("017021106", "bad_code"),
        ("", "bad_code"),
        ("417021299", "reason_missing"),
        ("417022106", "reason_missing"),
        ("417021406", "reason_missing"),
    ],
)
def test_code_02_and_08_what_does_not_fit(enacted, code, said):
    decision = enacted(D)
    assert refused(decision, {unit("麦垄镇", D): code}).split()[0] == said


def test_what_was_not_left_open_gets_no_code(enacted):
    decision = enacted(D)
    assert refused(decision, {unit("沙屿乡", D): "417021206"}) == "code_not_awaited"
    assert refused(decision, {}) == "nothing_to_record"


def test_days_and_documents(enacted, today_is):
    decision = enacted(D)
    town = unit("麦垄镇", D)
    today_is(PUBLISHED)
    assert refused(decision, {town: "417021106"}, published=PUBLISHED + timedelta(days=1)) == "day_in_future"
    assert refused(decision, {town: "417021106"}, published=EVE) == "day_before_approval"
    with pytest.raises(InvalidInputError) as caught:
        decision_codes.record_codes(None, decision, 0, {town: "417021106"}, "province", " ")
    assert caught.value.code == "document_missing"
    follow_up = give(decision, {town: "417021106"}, published=None)
    assert (follow_up.code_document, follow_up.code_published_on) == (PAPER, None)


def test_recording_again_corrects_and_moves_recording_time_only(enacted):
    decision = enacted(D)
    town = unit("麦垄镇", D)
    give(decision, {town: "417021107"}, reason="抄错")
    mistaken = timezone.now()
    give(decision, {town: "417021106"}, version=1)
    assert code_on(town, D) == "417021106"
    [row] = DivisionCode.objects.known_at(mistaken).filter(division=town)
    assert row.code == "417021107"
    assert refused(decision, {town: "417021106"}, version=2) == "nothing_to_record"
    # The mistaken code was never in use: the next town may have it.
    other = enacted(D + timedelta(days=1), to_town("沙屿乡", D + timedelta(days=1)))
    assert decision_codes.proposed(after_approval.standing(other).awaited) == {unit("沙屿镇", D + timedelta(days=1)): "417021107"}


def test_code_06_with_another_county_the_old_code_ends(enacted):
    """隶属变更: the code of the former county ends on the day, the new one begins; the eve is as it was."""
    township, neighbour = unit("沙屿乡", D), unit("邻和县", D)
    old = code_on(township, D)
    decision = enacted(D, ActEntry("change_affiliation", {"unit": township, "parent": neighbour}), area="演示市")
    [awaited] = after_approval.standing(decision).awaited
    assert (awaited.old_code, awaited.old_ends, awaited.new) == (old, None, False)
    open_ = {(one.rule, one.code) for one in _closing(decision)}
    assert open_ >= {("CODE-06", "code_not_closed"), ("CODE-06", "code_not_assigned")}
    proposal = decision_codes.proposed([awaited])[township]
    assert refused(decision, {township: old}).split()[0] in ("code_used", "rules_block")
    give(decision, {township: proposal})
    assert (code_on(township, EVE), code_on(township, D)) == (old, proposal)
    assert not [one for one in _closing(decision) if one.rule.startswith("CODE")]


def _closing(decision):
    return [one.finding for one in after_approval.closing_findings(after_approval.standing(decision), office_clock())]


def recoded_county():
    """A county with three townships and a town becomes a district: all below it is coded anew, as in 2021 at Luoyang."""
    province = make_division("河南省", Level.PROVINCE, code="410000")
    city = make_division("洛阳市", Level.PREFECTURE, code="410300", parent=province)
    county = make_division("孟津县", Level.COUNTY, code="410322", parent=city, geometry=square(112.4, 34.8, 0.2))
    for number, code in enumerate(("410322100", "410322101", "410322103", "410322200")):
        name = f"第{number}{'镇' if code[6] == '1' else '乡'}"
        make_division(name, type="town" if code[6] == "1" else "township", code=code, parent=county)
    decision = decisions.create_draft(None, city, [_district(county)], **stated(D, approved_on=D, approver="国务院", case={}))
    decisions.enact(None, decision, decisions.preview(None, decision).fingerprint, reason="试验", redraw=False)
    return decision


def _district(county: Division) -> ActEntry:
    return ActEntry("change_type", {"unit": county.pk, "new": {"ref": "d", "name": "孟津区", "type": "district"}})


def test_code_06_all_townships_of_a_recoded_county_in_one_go(db):
    decision = recoded_county()
    awaited = after_approval.standing(decision).awaited
    assert [one.level for one in awaited] == [3, 4, 4, 4, 4]
    district, townships = awaited[0].division, [one.division for one in awaited[1:]]
    assert decision_codes.proposed(awaited) == {}
    assert refused(decision, {townships[0]: "410308100"}) == "county_code_first"
    follow_up = decision_codes.record_codes(None, decision, 0, {district: "410308"}, "ministry", "民函〔2025〕1号", D)
    assert follow_up.code_published_on is None  # the townships' are still to come
    proposed = decision_codes.proposed(after_approval.standing(decision).awaited)
    assert sorted(proposed.values()) == ["410308100", "410308101", "410308102", "410308200"]
    follow_up = give(decision, proposed, version=1)
    assert after_approval.standing(decision).awaited == ()
    assert follow_up.code_published_on == PUBLISHED
    held = DivisionCode.objects.on(D).filter(authority="mca", code__startswith="4103")
    assert sorted(held.values_list("code", flat=True)) == ["410300", "410308", *sorted(proposed.values())]
    assert DivisionCode.objects.on(EVE).filter(authority="mca", code__startswith="410322").count() == 5
    traced = history.trace(DivisionCode.objects.on(EVE).get(code="410322").division_id, EVE, D)
    assert [one.division for one in traced.reached] == [district]


def test_two_halves_of_one_county_go_on_in_sequence(db):
    """What the first document gave counts for the second's proposals."""
    decision = recoded_county()
    awaited = after_approval.standing(decision).awaited
    decision_codes.record_codes(None, decision, 0, {awaited[0].division: "410308"}, "ministry", "民函〔2025〕1号", D)
    proposed = decision_codes.proposed(after_approval.standing(decision).awaited)
    first = dict(list(proposed.items())[:2])
    give(decision, first, version=1)
    rest = decision_codes.proposed(after_approval.standing(decision).awaited)
    assert rest == {key: code for key, code in proposed.items() if key not in first}
    give(decision, rest, version=2)  # no warning of a sequence broken


def test_a_unit_that_is_no_more_is_coded_for_its_time(enacted):
    """The town was merged away before its code came: the code holds until then."""
    decision = enacted(D)
    town, later = unit("麦垄镇", D), D + timedelta(days=10)
    enacted(later, ActEntry("abolish", {"unit": town, "into": unit("沙屿乡", later)}))
    give(decision, {town: "417021106"})
    row = DivisionCode.objects.current().get(division=town)
    assert (row.valid.lower, row.valid.upper) == (D, later)


def test_one_code_for_two_units_is_refused_by_rule_and_by_database(enacted, monkeypatch):
    first, day = enacted(D), D + timedelta(days=1)
    second = enacted(day, to_town("沙屿乡", day))
    give(first, {unit("麦垄镇", D): "417021106"})
    town = unit("沙屿镇", day)
    assert refused(second, {town: "417021106"}) == "code_used"
    monkeypatch.setattr(decision_codes, "_refuse_used", lambda *_args: set())
    assert refused(second, {town: "417021106"}, reason="试验") == "code_held"
    assert code_on(town, day) is None and code_on(unit("麦垄镇", D), day) == "417021106"


def test_a_closed_case_takes_no_codes(enacted, today_is):
    decision = enacted(date(2025, 7, 16))  # before the Measures: the missing code is only told
    today_is(date(2026, 7, 1))
    day = date(2025, 7, 28)
    days = [name for name in follow_ups.DAYS if name != "extension_approved_on"]
    follow_ups.record(None, decision, 0, **dict.fromkeys(days, day), code_document="文")
    follow_ups.close(None, decision, 1)
    assert refused(decision, {unit("麦垄镇", day): "417021106"}, version=2) == "follow_up_closed"


def test_the_county_codes_what_lies_in_it(enacted):
    decision = enacted(D)
    county = Division.objects.get(pk=unit("舆和县", D))
    officer = make_user("a", (Duty.DIVISION_OFFICER, county))
    decision_codes.record_codes(officer, decision, 0, {unit("麦垄镇", D): "417021106"}, "province", PAPER, PUBLISHED)
    assert DivisionRecord.objects.on(D).with_code(D).get(name="麦垄镇").code == "417021106"
