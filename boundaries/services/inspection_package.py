"""The package of a filed inspection: papers, map sheets and photos as one .zip with a manifest, from the frozen record alone.

Made once, when it is first asked for, and kept; with many photos it is made in the queue.
"""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from typing import IO, Any

import shapely
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image

from boundaries import photos, policies
from boundaries.documents import inspection_papers as papers
from boundaries.models import InspectionState, JointInspection
from gis.accounts.access import ensure
from gis.accounts.duties import Person
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.jobs import services as jobs
from gis.jobs.models import Job
from gis.sheets.line_sheet import AlongLine, Stake
from gis.sheets.line_sheet import as_pdf as line_sheets

PURPOSE = "inspection_package"
PACKAGE_JOB = "inspection.package"
AT_ONCE_PHOTOS = 40
LIMIT_BYTES = 4 * 1024**3
LONG_EDGE = 1600  # pixels of a photo in the photo sheet; the originals lie beside it

Tell = Callable[[int, int], None]


def takes_long(inspection: JointInspection) -> bool:
    return inspection.package_id is None and len(_photos(_frozen(inspection))) > AT_ONCE_PHOTOS


def start(actor: User, inspection: JointInspection) -> Job:
    ensure(policies.may_view_inspection(actor, inspection))
    title = _("打包联检成果：%(title)s") % {"title": papers.title_of(_frozen(inspection))[:150]}
    return jobs.start(PACKAGE_JOB, title, actor, pk=inspection.pk)


def run(job: Job, pk: int) -> dict[str, Any]:
    """What the queue calls for `PACKAGE_JOB`."""
    if job.owner is None:
        raise NotFoundError("nobody_asked", _("任务没有发起人。"))

    def tell(done: int, total: int) -> None:
        jobs.progress(job, done, total, _("正在生成文件…"))

    stored = package_of(job.owner, JointInspection.objects.get(pk=pk), tell)
    return {"file": stored.pk, "name": stored.name, "size": stored.size, "message": _("已生成，可以下载。")}


def package_of(actor: User, inspection: JointInspection, tell: Tell = lambda done, total: None) -> StoredFile:
    """The kept package, or a new one.

    Raises `ConflictError`: ``not_filed`` before the filing, ``recorded_afterwards`` where only the filing is on record.
    """
    ensure(policies.may_view_inspection(actor, inspection))
    record = _frozen(inspection)
    if inspection.package is not None:
        return inspection.package
    with tempfile.TemporaryFile() as handle:
        write_zip(handle, record, _made_on(record), tell)
        handle.seek(0)
        with transaction.atomic():
            held = JointInspection.objects.select_for_update(of=("self",)).select_related("package").get(pk=inspection.pk)
            if held.package is not None:  # somebody else asked in the same moment
                return held.package
            name = f"联检成果_{papers.title_of(record)[:80]}.zip".replace("/", "_")
            stored = files.store(handle, name=name, purpose=PURPOSE, actor=actor, area=held.lead_id)
            held.package = stored
            held.save(update_fields=["package"])
            audit.record(
                actor=actor,
                action="inspection.package",
                target=held,
                label=name,
                area=held.lead_id,
                after={"sha256": stored.sha256},
            )
    return stored


def may_download(user: Person, file: StoredFile) -> bool:
    return any(policies.may_view_inspection(user, one) for one in JointInspection.objects.filter(package=file))


def write_zip(handle: IO[bytes], record: papers.Record, made_on: date, tell: Tell = lambda done, total: None) -> None:
    """Names are UTF-8; every file is named with its SHA-256 in manifest.json. The same record gives the same papers."""
    pictures = _photos(record)
    steps = 6 + 2 * len(record["markers"]) + len(pictures)
    told: list[dict[str, Any]] = []

    def add(archive: zipfile.ZipFile, path: str, content: bytes, origin: str) -> None:
        info = zipfile.ZipInfo(path, (made_on.year, made_on.month, made_on.day, 0, 0, 0))
        info.compress_type = zipfile.ZIP_STORED if path.endswith((".jpg", ".jpeg", ".png")) else zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        archive.writestr(info, content)
        told.append({"path": path, "origin": origin, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        tell(len(told), steps)

    with zipfile.ZipFile(handle, "w") as archive:
        for path, content in _papers(record, made_on):
            add(archive, path, content, "made")
        frozen = json.dumps(record, ensure_ascii=False, indent=2, sort_keys=True).encode("utf-8")
        add(archive, "07_备案记录.json", frozen, "frozen")
        for path, file in pictures:
            stored = StoredFile.objects.filter(pk=file).first()
            if stored is not None:
                add(archive, path, files.read_bytes(stored), "photo")
        manifest = {
            "subject": "joint_inspection",
            "id": record["inspection"]["id"],
            "title": papers.title_of(record),
            "line": record["line"]["code"],
            "digest": record["digest"],
            "signatures": [
                {"side": one["side_name"], "name": one["name"], "signed_at": one["signed_at"]} for one in record["signatures"]
            ],
            "filed_with": record["filing"]["with"],
            "filed_on": record["filing"]["on"],
            "map": {"use": "internal", "stamp": "内部使用"},
            "headings": papers.OURS,
            "files": told,
        }
        info = zipfile.ZipInfo("manifest.json", (made_on.year, made_on.month, made_on.day, 0, 0, 0))
        info.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(info, json.dumps(manifest, ensure_ascii=False, indent=2).encode("utf-8"))


def _papers(record: papers.Record, made_on: date) -> Iterator[tuple[str, bytes]]:
    report = papers.report(record, made_on)
    yield "01_联检报告.docx", report.as_docx()
    yield "01_联检报告.pdf", report.as_pdf()
    for marker in record["markers"]:
        table = papers.marker_table(record, marker, made_on)
        name = _safe(marker["number"])
        yield f"02_联检记录表/{name}.docx", table.as_docx()
        yield f"02_联检记录表/{name}.pdf", table.as_pdf()
    yield "03_界桩成果表.xlsx", papers.results_xlsx(record)
    yield "03_界桩成果表.pdf", papers.results(record, made_on).as_pdf()
    yield "04_照片表.pdf", papers.photo_sheet(record, _picture, made_on).as_pdf()
    sheets = along(record, made_on)
    if sheets is not None:
        yield "05_界线图.pdf", line_sheets(sheets)


def along(record: papers.Record, made_on: date) -> AlongLine | None:
    """None where the line has no geometry."""
    line, coverage = record["line"], record["coverage"]
    if not line["parts"] or coverage["from_m"] is None:
        return None
    grade = papers.GRADES.get(line["grade"], "")
    notes = [
        f"各方：{'、'.join(side['name'] for side in line['sides'])}。",
        f"界线位置：{grade}{'，不作划界依据' if line['grade'] in ('indicative', 'invented') else ''}；2000国家大地坐标系。",
        f"已走过 {coverage['covered_m'] / 1000:.3f} 公里。按 {record['filing']['on']} 备案的记录制图。",
    ]
    if line["demo"]:
        notes.insert(0, "演示数据：图上界线、界桩均为虚构。")
    return AlongLine(
        title=f"{papers.title_of(record)}界线图",
        line=shapely.MultiLineString(line["parts"]),
        level=line["level"],
        whole=(coverage["from_m"], coverage["to_m"]),
        walked=tuple((low, high) for low, high in coverage["spans"]),
        stakes=tuple(
            Stake(
                one["number"],
                one["place"][0],
                one["place"][1],
                one["chainage_m"],
                papers.CONDITIONS.get(one["condition"], "未检查"),
                None if not one["condition"] else one["condition"] == "intact",
            )
            for one in record["markers"]
            if one["place"]
        ),
        sides=_left_and_right(line),
        notes=tuple(notes),
        made_on=made_on,
        stamp="内部使用",
    )


def _left_and_right(line: dict[str, Any]) -> tuple[str, str]:
    """Names are put beside the line only where it is known which side lies where."""
    names = {side["id"]: side["name"] for side in line["sides"]}
    if line["left"] not in names:
        return "", ""
    return names[line["left"]], next(name for key, name in names.items() if key != line["left"])


def _picture(file: int) -> tuple[bytes, tuple[int, int]] | None:
    """A photo upright and small enough for paper; None where it cannot be read."""
    stored = StoredFile.objects.filter(pk=file).first()
    if stored is None:
        return None
    try:
        with files.open_file(stored) as handle:
            jpeg = photos.small(handle, LONG_EDGE)
        with Image.open(io.BytesIO(jpeg)) as image:
            return jpeg, image.size
    except (OSError, ValueError, Image.DecompressionBombError, NotFoundError):
        return None


def _photos(record: papers.Record) -> list[tuple[str, int]]:
    """(path in the zip, file) of every photo."""
    found, taken = [], set()
    for marker in record["markers"]:
        for visit in marker["visits"]:
            for one in visit["photos"]:
                path = f"06_照片/{_safe(marker['number'])}/{one['id']}_{_safe(one['name'])}"
                if path not in taken:
                    taken.add(path)
                    found.append((path, one["file"]))
    return found


def _frozen(inspection: JointInspection) -> papers.Record:
    frozen: dict[str, Any] | None = inspection.frozen
    if inspection.state != InspectionState.FILED or frozen is None:
        raise ConflictError("not_filed", _("备案之后才有成果包。"))
    if frozen.get("past"):
        raise ConflictError("recorded_afterwards", _("这次联检是补录的：系统里只有备案的事实，没有过程记录，做不出成果包。"))
    return frozen


def _made_on(record: papers.Record) -> date:
    """The day the filing was recorded: the papers tell that state."""
    text: str = record["filing"]["recorded_at"]
    return date.fromisoformat(text[:10])


def _safe(name: str) -> str:
    return "".join(character if character not in '/\\:*?"<>|' else "_" for character in name).strip(". ") or "_"
