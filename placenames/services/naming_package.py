"""What is taken away of a naming case: the notice as Word, and the filing package as one .zip with a manifest.

The package is made in the queue and kept with the version of the case it tells: while the case stays as it is nobody makes it
again, and once a paper is added the page says that the kept one is older.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import IO, Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis.accounts.access import ensure
from gis.accounts.duties import Person
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError, NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.jobs import services as jobs
from gis.jobs.models import Job, JobState
from placenames import policies
from placenames.documents import naming_papers
from placenames.documents.naming_papers import Told
from placenames.forms.position import position_as_text
from placenames.models import CaseAct, CaseState, NamingCase, NamingPaper
from placenames.naming_notice import area_in_words, notice_of
from placenames.naming_register import record_of
from placenames.rules.case_kinds import FILED_WITH, Approver
from placenames.rules.classes import name_of
from placenames.rules.code_allocation import words
from placenames.rules.naming import LISTS
from placenames.services.name_codes import allot

PURPOSE: Final = "naming_package"
PACKAGE_JOB: Final = "naming.package"
LIMIT_BYTES: Final = 4 * 1024**3
_MADE: Final = 4  # papers the system writes

Tell = Callable[[int, int], None]


def notice_document(actor: User, case: NamingCase) -> tuple[str, bytes]:
    """(file name, .docx): as it was published, before that as it would be. Raises `ForbiddenError`, `ConflictError`."""
    told = _told(actor, case)
    return f"地名公告_{case.number}_{case.name}.docx".replace("/", "_"), naming_papers.notice_paper(told).as_docx()


@dataclass(frozen=True)
class Standing:
    """How it stands with a case's package: `file` is the kept one, `fresh` whether it tells the case as it is, `job` one that is
    under way or failed.
    """

    file: StoredFile | None
    fresh: bool
    job: Job | None

    @property
    def under_way(self) -> bool:
        return self.job is not None and self.job.is_under_way


def standing_of(case: NamingCase) -> Standing:
    """Two queries at most; the case is read anew."""
    row = NamingCase.objects.select_related("package", "package_job").only("version", "package_version", "package", "package_job")
    held = row.get(pk=case.pk)
    job = held.package_job
    telling = job is not None and (job.is_under_way or job.state == JobState.FAILED)
    return Standing(held.package, held.package is not None and held.package_version == held.version, job if telling else None)


@transaction.atomic
def start(actor: User, case: NamingCase) -> Job | None:
    """Queues the making of the package; the job under way where there is one, None where the kept one still tells the case.

    Raises as `notice_document`.
    """
    _ensure_approved(actor, case)
    held = NamingCase.objects.select_for_update(of=("self",)).select_related("package_job").get(pk=case.pk)
    if held.package_job is not None and held.package_job.is_under_way:
        return held.package_job
    if held.package_id is not None and held.package_version == held.version:
        return None
    job = jobs.start(PACKAGE_JOB, _("打包备案材料：%(case)s") % {"case": str(held)[:150]}, actor, pk=held.pk)
    NamingCase.objects.filter(pk=held.pk).update(package_job=job)
    return job


def run(job: Job, pk: int) -> dict[str, Any]:
    """What the queue calls for `PACKAGE_JOB`."""
    if job.owner is None:
        raise NotFoundError("nobody_asked", _("任务没有发起人。"))

    def tell(done: int, total: int) -> None:
        jobs.progress(job, done, total, _("正在生成文件…"))

    stored = make(job.owner, NamingCase.objects.select_related("made").get(pk=pk), tell)
    return {"file": stored.pk, "name": stored.name, "size": stored.size, "message": _("已生成，可以下载。")}


def make(actor: User, case: NamingCase, tell: Tell = lambda done, total: None) -> StoredFile:
    """Makes the package of the case as it is and keeps it. Raises as `notice_document`."""
    told, version = _told(actor, case), case.version
    filed = list(case.papers.filter(removed_at=None).select_related("file"))
    with tempfile.TemporaryFile() as handle:
        with override("zh-hans"):
            _write(handle, told, filed, tell)
        handle.seek(0)
        name = f"地名备案材料_{case.number}_{case.name}.zip".replace("/", "_")
        with transaction.atomic():
            stored = files.store(handle, name=name, purpose=PURPOSE, actor=actor, area=case.area_id)
            NamingCase.objects.filter(pk=case.pk).update(package=stored, package_version=version)
            audit.record(
                actor=actor, action="naming.package", target=case, label=str(case), area=case.area_id,
                after={"papers": len(filed), "sha256": stored.sha256},
            )  # fmt: skip
    return stored


def may_download(user: Person, file: StoredFile) -> bool:
    """Who may see the case; also of a package that was made anew since."""
    return any(policies.may_view_naming_case(user, one) for one in NamingCase.objects.filter(package=file))


def _ensure_approved(actor: User, case: NamingCase) -> None:
    ensure(policies.may_view_naming_case(actor, case))
    if case.state not in (CaseState.APPROVED, CaseState.CLOSED) or case.evaluation is None:
        raise ConflictError("not_approved", _("批准登记之后才有公告和备案材料。"))


def _told(actor: User, case: NamingCase) -> Told:
    _ensure_approved(actor, case)
    if case.evaluation is None:
        raise ValueError("an approved case has its evaluation")
    with override("zh-hans"):
        notice = case.notice or notice_of(case, actor.organisation)
        return Told(
            number=case.number,
            notice=notice,
            filed_with=case.filed_with or FILED_WITH[Approver(case.approver_kind)],
            rows=_rows(case, notice),
            findings=case.evaluation["findings"],
            lists_missing=[LISTS[one["list"]] for one in case.evaluation["lists"] if not one["loaded"] and one["list"] in LISTS],
            papers=[
                ("登记表", "地名备案登记表"),
                *((str(one.get_paper_class_display()), one.title) for one in case.papers.filter(removed_at=None)),
            ],
            demo=case.is_demo,
            made_on=timezone.localdate(),
            made_by=str(actor),
        )


def _rows(case: NamingCase, notice: dict[str, Any]) -> list[tuple[str, str]]:
    made, cancelling = record_of(case), case.act == CaseAct.CANCELLING
    return [
        ("事项", str(case.get_act_display())),
        ("注销的地名" if cancelling else "标准名称", case.name),
        *([("原名称", case.former_name)] if case.act == CaseAct.RENAMING else []),
        ("罗马字母拼写", notice["spelling"]),
        ("地名种类", str(case.get_kind_display())),
        ("类别名称及代码", f"{name_of(case.place_class)} {case.place_class}"),
        ("地名代码", made.code or _why_no_code(case) if made else ""),
        ("所在行政区", area_in_words(case.area_id)),
        ("位置描述", case.position),
        ("坐标", position_as_text(case.location).replace("\n", "；")),
        *([] if cancelling else [("规模", case.scale), ("性质", case.nature), ("地名含义", case.meaning)]),
        ("事由", case.reason_kind),
        ("方案及理由", case.reasons),
        ("保护措施", case.measures),
        ("申请单位", case.applicant),
        ("批准机关", case.approver),
        ("批准文号", case.document_number),
        ("批准日期", notice["approved_on"]),
        ("启用日期", notice["effective_on"]),
    ]


def _why_no_code(case: NamingCase) -> str:
    """In Chinese, whatever the reader's language. A name that goes needs none."""
    made = record_of(case)
    if case.act == CaseAct.CANCELLING or made is None:
        return ""
    allotted = allot(made.place_class, made.area_id, made.location)
    return f"（未赋码：{words(allotted.why, made.place_class)[0].rstrip('。')}）" if allotted.why else "（待赋码）"


def _write(handle: IO[bytes], told: Told, filed: list[NamingPaper], tell: Tell) -> None:
    """Names are UTF-8 and flagged as such; manifest.json names every file with its SHA-256."""
    listed: list[dict[str, Any]] = []
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _made(told):
            archive.writestr(_info(path, told.made_on), content)
            listed.append({"path": path, "origin": "made", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
            tell(len(listed), _MADE + len(filed))
        for position, one in enumerate(filed, start=1):
            path = f"附件/{position:02d}_{one.get_paper_class_display()}_{one.file.name}".replace("\\", "_")
            with files.open_file(one.file) as source, archive.open(_info(path, told.made_on), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
            listed.append({"path": path, "origin": "filed", "size": one.file.size, "sha256": one.file.sha256})
            tell(len(listed), _MADE + len(filed))
        manifest = {"case": told.number, "made_at": timezone.localtime().isoformat(timespec="seconds"), "files": listed}
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        archive.writestr(_info("manifest.json", told.made_on), text.encode("utf-8"))


def _made(told: Told) -> Iterator[tuple[str, bytes]]:
    yield "01_备案报告.docx", naming_papers.filing_report(told).as_docx()
    yield "02_地名备案登记表.docx", naming_papers.registration_form(told).as_docx()
    yield "03_地名公告.docx", naming_papers.notice_paper(told).as_docx()
    yield "04_核对意见.docx", naming_papers.opinion(told).as_docx()


def _info(path: str, day: date) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info
