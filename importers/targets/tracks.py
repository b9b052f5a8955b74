"""Tracks of a joint inspection: one row a track of the file, matched with the inspection's line, by the field's own services."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

import shapely
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from boundaries import policies
from boundaries.boundary_lines import names_of
from boundaries.matching import Match
from boundaries.models import BoundaryLineRecord, InspectionState, InspectionTrack, JointInspection
from boundaries.services import field_access, field_tracks
from boundaries.services.field_matching import MEMBER_REFUSED, Comparison, as_tracks
from gis.errors import ConflictError, DomainError, InvalidInputError
from gis.files import services as files
from importers import track_rows
from importers.readers.errors import FileRefusedError
from importers.services import track_files
from importers.targets.target import (
    ERROR,
    INFO,
    TRACKS,
    WARNING,
    Agreed,
    Committed,
    Option,
    Role,
    RowVerdict,
    Staged,
    Target,
    Told,
    Verdict,
)

if TYPE_CHECKING:
    from gis.accounts.duties import Person
    from gis.accounts.models import User

# The same file for the same inspection has the same key, whoever brings it and however often.
_KEYS: Final = uuid.UUID("5a0d3f0e-3c52-5d4b-9c53-0a8f3c1f7d21")
_SHIFTS: Final = {"EPSG:4326": "", "gcj02": "gcj02", "bd09": "bd09"}
CREATED, AGAIN, CHANGED, SAME = "created", "again", "changed", "same"
_KINDS: Final = {
    "track": gettext_lazy("轨迹"),
    "line": gettext_lazy("无时间的线"),
    track_rows.ROUTE: gettext_lazy("计划路线"),
    track_rows.WAYPOINT: gettext_lazy("航点"),
}
_OUTCOMES: Final = {CREATED: "created", AGAIN: "updated", CHANGED: "updated", SAME: "unchanged"}


@dataclass
class _Plan:
    """`used`: rows that count; `left_out`: positions of tracks that do not; `held`: what the inspection has of the file already."""

    inspection: JointInspection
    comparison: Comparison
    held: InspectionTrack | None
    deed: str = CREATED
    used: list[int] = field(default_factory=list)
    places: list[int] = field(default_factory=list)
    left_out: list[int] = field(default_factory=list)
    problems: list[Told] = field(default_factory=list)
    rests_on: str = ""

    @property
    def verdicts(self) -> list[RowVerdict]:
        rows = [*self.used, *self.places] if self.used else []
        key = f"{self.inspection.pk}"
        return [RowVerdict(row, f"{key}:{row}", _OUTCOMES[self.deed], self.rests_on) for row in rows]


class Tracks(Target):
    key = "tracks"
    title = gettext_lazy("联检轨迹")
    about = gettext_lazy("外业走过的轨迹（GPX、KML、TCX、FIT、NMEA、IGC、CSV 日志），与联检的界线匹配后计入覆盖。")
    roles = (
        Role("name", gettext_lazy("名称")),
        Role("kind", gettext_lazy("类型")),
        Role("start", gettext_lazy("开始")),
        Role("end", gettext_lazy("结束")),
        Role("points", gettext_lazy("点数")),
        Role("segments", gettext_lazy("段数")),
        Role("length_m", gettext_lazy("长度（米）")),
    )
    natural_key = ("inspection", "name")
    has_mapping = False
    undone_words = gettext_lazy("轨迹已不计入覆盖；文件和匹配结果仍可在联检外业页查看。")

    def may_use(self, user: Person) -> bool:
        return policies.may_bring_from_field(user)

    def takes(self, layer: Mapping[str, Any]) -> bool:
        return layer.get("kind") == TRACKS

    def options(self, layer: Mapping[str, Any]) -> Sequence[Option]:
        return self._options((), ())

    def options_for(self, actor: User, layer: Mapping[str, Any]) -> Sequence[Option]:
        open_ones = [
            one
            for one in JointInspection.objects.filter(state=InspectionState.IN_FIELD).select_related("line").order_by("-id")
            if policies.may_work_in_field(actor, one)
        ]
        sides = names_of({side for one in open_ones for side in field_access.sides_of(one)})
        return self._options(_titles(open_ones), [(str(side), name) for side, name in sides.items()])

    def value_words(self, key: str, value: str) -> str:
        if key == "inspection":
            return dict(_titles(JointInspection.objects.filter(pk=int(value)).select_related("line"))).get(value, value)
        return names_of([int(value)]).get(int(value), value) if key == "side" else super().value_words(key, value)

    def cell_words(self, column: str, value: str) -> str:
        if column == "kind":
            return str(_KINDS.get(value, value))
        return _moment(value) if column in {"start", "end"} else value

    def around(self, options: Mapping[str, str]) -> Iterable[tuple[str, shapely.Geometry]]:
        held = JointInspection.objects.filter(pk=int(options.get("inspection") or 0)).first()
        record = None if held is None else BoundaryLineRecord.objects.on(timezone.localdate()).filter(line=held.line_id).first()
        if record is not None and record.geometry is not None:
            yield record.name, shapely.from_wkb(bytes(record.geometry.wkb))

    def propose(self, columns: Mapping[str, Sequence[str]], options: Mapping[str, str]) -> dict[str, str]:
        return self.clean_mapping([], {})

    def dry_run(self, staged: Staged) -> Verdict:
        plan = self._plan(staged)
        return Verdict(plan.verdicts, plan.problems)

    def commit(self, staged: Staged, agreed: Agreed) -> Committed:
        field_access.lock(int(staged.options["inspection"]))
        plan = self._plan(staged)
        agreed(plan.verdicts)
        if not plan.used:
            raise ConflictError("no_usable_rows", _("没有一行可以导入，登记未作任何改动。"))
        held = self._bring(staged, plan)
        rejected = staged.table.count - len(staged.skipped) - len(plan.verdicts)
        counts = {name: len(plan.used) if _OUTCOMES[plan.deed] == name else 0 for name in ("created", "updated", "unchanged")}
        return Committed(f"{held.pk}:{plan.deed}", {**counts, "rejected": rejected}, {"inspection": plan.inspection.pk})

    def link(self, reference: str) -> tuple[str, str] | None:
        held = _held(reference)
        return reverse("field-inspection", args=[held.inspection_id]), _("看联检外业进度")

    def obstacles(self, reference: str) -> list[str]:
        held, deed = _held(reference), reference.partition(":")[2]
        found = []
        if deed != SAME and held.inspection.state != InspectionState.IN_FIELD:
            state = held.inspection.get_state_display()
            found.append(_("这次联检现在是“%(state)s”，轨迹不能再改；需要时请先退回外业补查。") % {"state": state})
        if deed == CHANGED:
            found.append(_("这一批改了先前导入的同一文件中采用的轨迹；请再导入一次这个文件来改，或在联检外业页处理。"))
        return found

    def undo(self, reference: str, actor: User) -> Mapping[str, int]:
        if found := self.obstacles(reference):
            raise ConflictError("batch_is_relied_on", _("后来的登记以这一批为依据，不能撤销。"), obstacles=found)
        held, deed = _held(reference), reference.partition(":")[2]
        if deed == SAME or held.set_aside_at is not None:
            return {"set_aside": 0}
        field_tracks.set_aside(actor, held, _("撤销导入：%(title)s") % {"title": held.file.name})
        return {"set_aside": 1}

    def _options(self, inspections: Sequence[tuple[str, str]], sides: Sequence[tuple[str, str]]) -> Sequence[Option]:
        none = gettext_lazy("没有正在外业的联检由您参加；请先在联检页开始外业。") if not inspections else ""
        only = inspections[0][0] if len(inspections) == 1 else ""
        systems = (("EPSG:4326", gettext_lazy("按设备所记（WGS 84）")), ("gcj02", "GCJ-02"), ("bd09", "BD-09"))
        return (
            Option("inspection", gettext_lazy("联检"), "choice", tuple(inspections), only, note=none),
            Option(
                "side", gettext_lazy("所属方"), "choice", tuple(sides), required=False,
                note=gettext_lazy("您只代表一方时不必选"),
            ),
            Option("crs", gettext_lazy("坐标"), "choice", systems, "EPSG:4326", note=gettext_lazy("手机导航软件的轨迹可能加偏")),
        )  # fmt: skip

    # --- what would become of each row ----------------------------------------------------------------------------------

    def _plan(self, staged: Staged) -> _Plan:
        inspection = _inspection(staged)
        shift = _SHIFTS[staged.options["crs"]]
        comparison = Comparison.of(inspection)
        held = InspectionTrack.objects.filter(inspection=inspection, file__sha256=staged.file.sha256).order_by("id").first()
        plan = _Plan(inspection, comparison, held)
        packed = track_files.packed(staged.file)
        read = track_files.walked(packed)
        walked = len(packed.walked)
        now = timezone.now()

        def whole(left_out: Collection[int], name: str) -> Match:
            return comparison.match(as_tracks(read, name, staged.file.sha256, shift=shift, left_out=left_out), now)

        plan.problems += [
            _told(None, WARNING, one["code"], one["message"], one["message_en"])
            for one in packed.findings
            if one["code"] == MEMBER_REFUSED
        ]
        staged.progress(_("匹配轨迹"))
        for row in staged.rows():
            kind = staged.table.columns["kind"][row]
            if row >= walked:
                plan.problems += _beside(row, kind)
                plan.places += [row] if kind == track_rows.WAYPOINT else []
                continue
            name = "" if read.files else staged.table.columns["name"][row]
            try:
                found = whole([one for one in range(walked) if one != row], name or staged.file.name)
            except DomainError as error:
                plan.problems.append(_refused(row, error))
                continue
            plan.used.append(row)
            plan.problems += _of_row(row, found)
        plan.left_out = [row for row in range(walked) if row not in set(plan.used)]
        if plan.used:
            plan.problems += _of_file(whole(plan.left_out, staged.file.name), len(plan.used))
        else:
            plan.problems += [_told(row, ERROR, "waypoints_alone", *_ALONE) for row in plan.places]
        self._against_what_is_there(plan, shift)
        return plan

    def _against_what_is_there(self, plan: _Plan, shift: str) -> None:
        held = plan.held
        tolerance = plan.comparison.settings.tolerance_m
        plan.rests_on = f"{plan.comparison.record} {tolerance:g}"
        if held is None:
            return
        plan.rests_on += f" {held.pk} {held.shift} {held.left_out} {held.set_aside_at}"
        same = (held.shift, held.left_out) == (shift, plan.left_out)
        plan.deed = SAME if same and held.set_aside_at is None else AGAIN if same else CHANGED
        when = timezone.localtime(held.sent_at)
        values = {"who": str(held.sent_by or "—"), "when": f"{when:%Y-%m-%d %H:%M}"}
        zh = "这次联检已有这个文件，由 {who} 于 {when} 交来".format_map(values)
        en = "The inspection has this file already, brought by {who} on {when}".format_map(values)
        if held.set_aside_at is not None:
            zh, en = f"{zh}，后来不计入（{held.set_aside_because}）", f"{en}, later set aside ({held.set_aside_because})"
        if plan.deed == SAME:
            zh, en = f"{zh}，采用的轨迹相同，导入不会有任何改变。", f"{en}; the same tracks are used, so nothing will change."
        else:
            zh, en = f"{zh}；导入后按这里所选的采用。", f"{en}; from now on what is chosen here counts."
        plan.problems.append(_told(None, WARNING, "track_file_known", zh, en))

    def _bring(self, staged: Staged, plan: _Plan) -> InspectionTrack:
        actor, held, shift = staged.actor, plan.held, _SHIFTS[staged.options["crs"]]
        if held is not None:
            held = held if held.set_aside_at is None else field_tracks.take_back(actor, held)
            held = field_tracks.decide_shift(actor, held, shift)
            return field_tracks.leave_out(actor, held, plan.left_out)
        with files.open_file(staged.file) as content:
            kept = files.store(
                content,
                name=_name_for_the_field(staged.file.name, staged.table.driver),
                purpose=field_tracks.PURPOSE,
                actor=actor,
                area=plan.inspection.lead_id,
            )
        received = field_tracks.receive(
            actor,
            plan.inspection,
            key=uuid.uuid5(_KEYS, f"{plan.inspection.pk}:{staged.file.sha256}"),
            content=kept,
            side=_side(staged),
            shift=shift,
            left_out=plan.left_out,
        )
        return received.track


_ALONE: Final = (
    "没有采用任何轨迹，航点不单独导入。",
    "No track is used; marked places are not brought in by themselves.",
)


def _titles(inspections: Iterable[JointInspection]) -> list[tuple[str, str]]:
    found = list(inspections)
    lines = BoundaryLineRecord.objects.on(timezone.localdate()).filter(line__in={one.line_id for one in found})
    names = dict(lines.values_list("line", "name"))
    return [
        (
            str(one.pk),
            _("%(line)s，%(year)s 年%(kind)s")
            % {"line": names.get(one.line_id, one.line.code), "year": one.year, "kind": one.get_kind_display()},
        )
        for one in found
    ]


def _inspection(staged: Staged) -> JointInspection:
    """Raises `ConflictError` where it takes nothing any more, `InvalidInputError` for a side that is none, or a file too large."""
    inspection = JointInspection.objects.select_related("line").get(pk=int(staged.options["inspection"]))
    field_access.ensure_in_field(staged.actor, inspection)
    field_access.side_for(staged.actor, inspection, _side(staged))
    if staged.file.size > field_tracks.LIMIT_BYTES:
        words = _("文件“%(name)s”超过 %(mb)s MB 的上限。")
        raise InvalidInputError("file_too_large", words % {"name": staged.file.name, "mb": field_tracks.LIMIT_BYTES // 1024**2})
    return inspection


def _side(staged: Staged) -> int | None:
    text = staged.options.get("side", "")
    return int(text) if text else None


def _name_for_the_field(name: str, format: str) -> str:
    """As it is called; with the ending of its format where its own says something else."""
    ending = PurePath(name).suffix.lower().removeprefix(".")
    return name if ending in field_tracks.EXTENSIONS else f"{name}.{format.lower()}"


def _held(reference: str) -> InspectionTrack:
    return InspectionTrack.objects.select_related("inspection__line", "file").get(pk=int(reference.partition(":")[0]))


def _moment(text: str) -> str:
    """ISO 8601 in the office's time; a clock without a zone is shown as it stood."""
    if not text:
        return ""
    moment = datetime.fromisoformat(text)
    return f"{timezone.localtime(moment) if moment.tzinfo else moment:%Y-%m-%d %H:%M:%S}"


# --- in words ---------------------------------------------------------------------------------------------------------


def _told(row: int | None, severity: str, code: str, zh: str, en: str) -> Told:
    number = None if row is None else row + 1
    return {"row": number, "field": "", "code": code, "severity": severity, "message": zh, "message_en": en}


def _refused(row: int, error: DomainError) -> Told:
    zh, en = error.in_both() if isinstance(error, FileRefusedError) else (str(error), str(error))
    return _told(row, ERROR, error.code, zh, en)


def _beside(row: int, kind: str) -> Iterable[Told]:
    if kind == track_rows.ROUTE:
        zh, en = "这是计划路线，不是走过的轨迹，不能作为走过的依据。", "A planned route is no evidence that somebody went."
        yield _told(row, ERROR, "planned_route", zh, en)
    else:
        zh, en = "航点随文件保存，不计入覆盖。", "The marked place is kept with the file; it covers nothing."
        yield _told(row, INFO, "waypoint_kept", zh, en)


def _covered(found: Match) -> tuple[str, str]:
    share, metres, whole = f"{found.coverage:.1%}", f"{found.covered_m:,.0f}", f"{found.length_m:,.0f}"
    zh, en = f"走到界线 {metres} 米，占全长 {whole} 米的 {share}", f"Covers {metres} m of the line's {whole} m ({share})"
    visited = [one.number for one in found.markers if one.visited]
    if visited:
        more = f"{'、'.join(visited[:8])}{' 等' if len(visited) > 8 else ''}"
        zh, en = f"{zh}，到过界桩 {more}（{len(visited)} 个）", f"{en}; markers reached: {len(visited)}"
    return f"{zh}。", f"{en}."


def _of_row(row: int, found: Match) -> Iterable[Told]:
    yield _told(row, INFO, "track_covers", *_covered(found))
    for one in found.suspicions:
        if one.tracks:  # what is wrong with the line itself is said once, of the file
            yield _told(row, WARNING, one.code, one.zh, one.en)


def _of_file(found: Match, count: int) -> Iterable[Told]:
    zh, en = _covered(found)
    yield _told(None, INFO, "tracks_cover", f"采用的 {count} 条轨迹合计：{zh}", f"The {count} tracks used, together: {en}")
    for one in found.suspicions:
        if not one.tracks or len(one.tracks) > 1:  # of one track it was said in its row
            yield _told(None, WARNING, one.code, one.zh, one.en)
