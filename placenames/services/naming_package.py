"""What is taken away of a naming case: the notice as Word, and the filing package as one .zip with a manifest."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from gis.accounts.access import ensure
from gis.accounts.models import User
from gis.audit import services as audit
from gis.errors import ConflictError
from gis.files import services as files
from placenames import policies
from placenames.documents import naming_papers
from placenames.documents.naming_papers import Told
from placenames.models import CaseAct, CaseState, NamingCase, NamingPaper
from placenames.naming_notice import area_in_words, notice_of
from placenames.naming_register import location_as_text
from placenames.rules.case_kinds import FILED_WITH, Approver
from placenames.rules.classes import name_of
from placenames.rules.naming import LISTS


def notice_document(actor: User, case: NamingCase) -> tuple[str, bytes]:
    """(file name, .docx): as it was published, before that as it would be. Raises `ForbiddenError`, `ConflictError`."""
    told = _told(actor, case)
    return f"地名公告_{case.number}_{case.name}.docx".replace("/", "_"), naming_papers.notice_paper(told).as_docx()


@transaction.atomic
def filing_package(actor: User, case: NamingCase) -> tuple[str, IO[bytes]]:
    """(file name, the open zip). It is made anew each time; the trail says who took it. Raises as `notice_document`."""
    told = _told(actor, case)
    handle = tempfile.SpooledTemporaryFile(max_size=8 * 1024**2)  # noqa: SIM115  the answer closes it
    filed = list(case.papers.filter(removed_at=None).select_related("file"))
    with override("zh-hans"):
        _write(handle, told, filed)
    handle.seek(0)
    audit.record(
        actor=actor, action="naming.package", target=case, label=str(case), area=case.area_id, after={"papers": len(filed)}
    )
    return f"地名备案材料_{case.number}_{case.name}.zip".replace("/", "_"), handle


def _told(actor: User, case: NamingCase) -> Told:
    ensure(policies.may_view_naming_case(actor, case))
    if case.state not in (CaseState.APPROVED, CaseState.CLOSED) or case.evaluation is None:
        raise ConflictError("not_approved", _("批准登记之后才有公告和备案材料。"))
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
    made, cancelling = case.made, case.act == CaseAct.CANCELLING
    return [
        ("事项", str(case.get_act_display())),
        ("注销的地名" if cancelling else "标准名称", case.name),
        *([("原名称", case.former_name)] if case.act == CaseAct.RENAMING else []),
        ("罗马字母拼写", notice["spelling"]),
        ("地名种类", str(case.get_kind_display())),
        ("类别名称及代码", f"{name_of(case.place_class)} {case.place_class}"),
        ("地名代码", made.code if made else ""),
        ("所在行政区", area_in_words(case.area_id)),
        ("位置描述", case.position),
        ("坐标", location_as_text(case.location).replace("\n", "；")),
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


def _write(handle: IO[bytes], told: Told, filed: list[NamingPaper]) -> None:
    """Names are UTF-8 and flagged as such; manifest.json names every file with its SHA-256."""
    listed: list[dict[str, Any]] = []
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in _made(told):
            archive.writestr(_info(path, told.made_on), content)
            listed.append({"path": path, "origin": "made", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()})
        for position, one in enumerate(filed, start=1):
            path = f"附件/{position:02d}_{one.get_paper_class_display()}_{one.file.name}".replace("\\", "_")
            with files.open_file(one.file) as source, archive.open(_info(path, told.made_on), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
            listed.append({"path": path, "origin": "filed", "size": one.file.size, "sha256": one.file.sha256})
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
