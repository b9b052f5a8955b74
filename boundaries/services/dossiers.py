"""The dossier of a decision or an application as one .zip: papers, maps, the files as filed, and a manifest of all of them.

Made anew each time it is asked for and kept by content; who may see the decision or application may fetch it. Long ones are made in
the queue.
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
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from boundaries import policies
from boundaries.documents.check_opinion import check_opinion
from boundaries.documents.decision_opinion import decision_opinion
from boundaries.documents.dossier import DossierFacts, Filed, application_letter, attachments_list, basic_facts
from boundaries.models import Application, Decision
from boundaries.services import application_checks, dossier_facts
from boundaries.services.applications import PLAN_FIELDS
from boundaries.services.change_evidence import Evidence, evidence_of, evidence_of_application
from boundaries.services.change_maps import TITLES, Publication, Side, publication, sheet
from gis.accounts.access import ensure
from gis.accounts.duties import Person
from gis.accounts.models import User
from gis.audit import services as audit
from gis.audit.models import AuditEntry
from gis.errors import NotFoundError
from gis.files import services as files
from gis.files.models import StoredFile
from gis.jobs import services as jobs
from gis.jobs.models import Job
from gis.sheets import as_pdf, as_png

PURPOSE = "dossier"
MADE_OF_DECISION, MADE_OF_APPLICATION = "decision.dossier", "application.dossier"
DOSSIER_JOB = "dossier.make"
AT_ONCE_BYTES = 20 * 1024**2  # of filed files; more goes to the queue
AT_ONCE_UNITS = 150
LIMIT_BYTES = 4 * 1024**3
MAP_FORMS: dict[str, Callable[[Any], bytes]] = {"pdf": as_pdf, "png": as_png}

Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Contents:
    """What goes into one zip. `opinion` makes the 校核意见; `manifest` is what the manifest says of the subject."""

    facts: DossierFacts
    evidence: Evidence
    files: list[tuple[Filed, StoredFile]]
    opinion: Callable[[], bytes]
    manifest: dict[str, Any]
    name: str


# --- asking for one -----------------------------------------------------------------------------------------------------


def make_decision_dossier(
    actor: User, decision: Decision, public: Publication, paper: str = "a4", tell: Tell = lambda done, total: None
) -> StoredFile:
    ensure(policies.may_view_decision(actor, decision))
    contents = contents_of_decision(decision, str(actor))
    return _keep(actor, decision, decision.area_id, MADE_OF_DECISION, contents, public, paper, tell)


def make_application_dossier(
    actor: User, application: Application, public: Publication, paper: str = "a4", tell: Tell = lambda done, total: None
) -> StoredFile:
    ensure(policies.may_view_application(actor, application))
    contents = _of_application(application, str(actor))
    return _keep(actor, application, application.division_id, MADE_OF_APPLICATION, contents, public, paper, tell)


def takes_long(subject: Decision | Application) -> bool:
    rows: Any = subject.files if isinstance(subject, Decision) else subject.attachments
    filed = sum(rows.filter(removed_at=None).values_list("file__size", flat=True))
    units = len((subject.plan or {}).get("closed", ())) if isinstance(subject, Decision) else 1
    return filed > AT_ONCE_BYTES or units > AT_ONCE_UNITS


def start(actor: User, subject: Decision | Application, public: Publication, paper: str) -> Job:
    if isinstance(subject, Decision):
        kind, allowed = "decision", policies.may_view_decision(actor, subject)
    else:
        kind, allowed = "application", policies.may_view_application(actor, subject)
    ensure(allowed)
    title = _("打包申报材料：%(title)s") % {"title": str(subject)[:150]}
    return jobs.start(
        DOSSIER_JOB, title, actor, subject_kind=kind, pk=subject.pk, use=public.use, approval=public.approval, paper=paper
    )


def run(job: Job, subject_kind: str, pk: int, use: str, approval: str, paper: str) -> dict[str, Any]:
    """What the queue calls for `DOSSIER_JOB`."""
    if job.owner is None:
        raise NotFoundError("nobody_asked", _("任务没有发起人。"))
    public = publication(use, approval)

    def tell(done: int, total: int) -> None:
        jobs.progress(job, done, total, _("正在生成文件…"))

    if subject_kind == "decision":
        stored = make_decision_dossier(job.owner, Decision.objects.get(pk=pk), public, paper, tell)
    else:
        stored = make_application_dossier(job.owner, Application.objects.get(pk=pk), public, paper, tell)
    return {"file": stored.pk, "name": stored.name, "size": stored.size, "message": _("已生成，可以下载。")}


def may_download(user: Person, file: StoredFile) -> bool:
    """Who may see what it was made of, as the trail has it."""
    entries = AuditEntry.objects.filter(target_type=StoredFile._meta.label_lower, target_id=str(file.pk))
    for entry in entries.filter(action__in=(MADE_OF_DECISION, MADE_OF_APPLICATION)):
        made_of = int((entry.after or {}).get("made_of", 0))
        if entry.action == MADE_OF_DECISION:
            decision = Decision.objects.filter(pk=made_of).first()
            if decision is not None and policies.may_view_decision(user, decision):
                return True
        else:
            application = Application.objects.filter(pk=made_of).first()
            if application is not None and policies.may_view_application(user, application):
                return True
    return False


@transaction.atomic
def decision_map(actor: User, decision: Decision, side: Side, form: str, public: Publication, paper: str = "a4") -> bytes:
    """One map alone, in a form of `MAP_FORMS`; one for the public is written into the trail."""
    ensure(policies.may_view_decision(actor, decision))
    evidence = evidence_of(decision)
    subject = dossier_facts.subject_of(evidence) or decision.title
    made = MAP_FORMS[form](sheet(evidence, side, subject, timezone.localdate(), public, paper))
    if public.approval:
        after = {"side": side.value, "form": form, "approval": public.approval}
        audit.record(actor=actor, action="decision.map", target=decision, area=decision.area_id, after=after)
    return made


# --- what goes in -------------------------------------------------------------------------------------------------------


def contents_of_decision(decision: Decision, by: str) -> Contents:
    today = timezone.localdate()
    evidence = evidence_of(decision)
    filed = dossier_facts.filed_files(decision.files.filter(removed_at=None).select_related("file"))
    facts = dossier_facts.of_decision(decision, evidence, [one for one, _file in filed], by, today)
    with override("zh-hans"):
        opinion = dossier_facts.opinion_of(decision, evidence)
    manifest = {
        "subject": "decision",
        "id": decision.pk,
        "title": decision.title,
        "document_number": decision.document_number,
        "state": decision.state,
        "effective_on": decision.effective_on.isoformat(),
        "plan_fingerprint": evidence.plan.get("fingerprint", ""),
        "frozen": evidence.enacted,
    }
    return Contents(facts, evidence, filed, lambda: decision_opinion(facts, opinion), manifest, decision.title)


def _of_application(application: Application, by: str) -> Contents:
    today = timezone.localdate()
    frozen = application.evaluation or application_checks.run(application, today).frozen
    evidence = evidence_of_application(application, date.fromisoformat(frozen["on"]))
    filed = dossier_facts.filed_files(application.attachments.filter(removed_at=None).select_related("file"))
    facts = dossier_facts.of_application(application, evidence, [one for one, _file in filed], by, today)
    plan = {name: getattr(application, name) for name in PLAN_FIELDS}

    def opinion() -> bytes:
        return check_opinion(
            number=application.number, frozen=frozen, plan=plan, target=application.target, made_on=today, drafted_by=by
        )

    manifest = {
        "subject": "application",
        "id": application.pk,
        "title": facts.title,
        "number": application.number,
        "state": application.state,
        "checked_on": frozen["on"],
        "frozen": application.evaluation is not None,
    }
    return Contents(facts, evidence, filed, opinion, manifest, f"{application.number}_{facts.title}")


def _papers(contents: Contents, public: Publication, paper: str) -> Iterator[tuple[str, str, bytes]]:
    """(path, title, bytes) of what is made here, but the list of attachments, which needs all others."""
    facts = contents.facts
    yield "01_申请书.docx", "申请书", application_letter(facts)
    yield "02_基本情况.docx", "基本情况", basic_facts(facts)
    yield "03_校核意见.docx", "校核意见", contents.opinion()
    for number, side in ((4, Side.BEFORE), (5, Side.AFTER)):
        drawing = sheet(contents.evidence, side, facts.subject, facts.made_on, public, paper)
        for form, make in MAP_FORMS.items():
            yield f"{number:02d}_{TITLES[side]}.{form}", f"{TITLES[side]}（{form.upper()}）", make(drawing)


_STEPS = 9  # seven of `_papers`, the list and the filed files


def write_zip(handle: IO[bytes], contents: Contents, public: Publication, paper: str, tell: Tell) -> None:
    """Names are UTF-8 and flagged as such; every file is named with its SHA-256 in manifest.json."""
    made: list[Filed] = []
    with zipfile.ZipFile(handle, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, title, content in _papers(contents, public, paper):
            made.append(_add(archive, contents, path, title, content))
            tell(len(made), _STEPS)
        made.append(_add(archive, contents, "06_附件清单.docx", "附件清单", attachments_list(contents.facts, made)))
        tell(len(made), _STEPS)
        for one, stored in contents.files:
            with files.open_file(stored) as source, archive.open(_info(one.path, contents), "w", force_zip64=True) as target:
                shutil.copyfileobj(source, target, 1024 * 1024)
        manifest = {
            **contents.manifest,
            "made_at": timezone.localtime().isoformat(timespec="seconds"),
            "made_by": contents.facts.drafted_by,
            "map": {"use": public.use, "approval": public.approval, "stamp": public.stamp},
            "files": [
                *({"path": one.path, "origin": "made", "size": one.size, "sha256": one.sha256} for one in made),
                *(
                    {"path": one.path, "origin": "filed", "class": one.document_class, "size": one.size, "sha256": one.sha256}
                    for one, _stored in contents.files
                ),
            ],
        }
        text = json.dumps(manifest, ensure_ascii=False, indent=2)
        archive.writestr(_info("manifest.json", contents), text.encode("utf-8"))
        tell(_STEPS, _STEPS)


def _add(archive: zipfile.ZipFile, contents: Contents, path: str, title: str, content: bytes) -> Filed:
    archive.writestr(_info(path, contents), content)
    return Filed("", title, path, len(content), hashlib.sha256(content).hexdigest(), path)


def _info(path: str, contents: Contents) -> zipfile.ZipInfo:
    day = contents.facts.made_on
    info = zipfile.ZipInfo(path, (day.year, day.month, day.day, 0, 0, 0))
    info.compress_type = zipfile.ZIP_DEFLATED
    info.external_attr = 0o644 << 16
    return info


def _keep(
    actor: User,
    subject: Decision | Application,
    area: int,
    action: str,
    contents: Contents,
    public: Publication,
    paper: str,
    tell: Tell,
) -> StoredFile:
    with tempfile.TemporaryFile() as handle:
        write_zip(handle, contents, public, paper, tell)
        handle.seek(0)
        with transaction.atomic():
            name = f"申报材料_{contents.name[:80]}_{contents.facts.made_on.isoformat()}.zip"
            stored = files.store(handle, name=name.replace("/", "_"), purpose=PURPOSE, actor=actor, area=area)
            after = {"made_of": subject.pk, "use": public.use, "approval": public.approval, "sha256": stored.sha256}
            audit.record(actor=actor, action=action, target=stored, label=str(subject), area=area, after=after)
    return stored
