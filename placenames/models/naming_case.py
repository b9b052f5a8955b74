"""A case (地名命名、更名、销名) from the application to the filing and the public notice, with its papers, answers and steps."""

from __future__ import annotations

from django.conf import settings
from django.contrib.gis.db import models as gis_models
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from boundaries.models import Division, Source
from gis.crs import CGCS2000
from gis.files.models import StoredFile
from gis.jobs.models import Job
from placenames.models.place_name import PlaceName
from placenames.models.place_name_record import PlaceNameRecord


class CaseAct(models.TextChoices):
    NAMING = "naming", _("命名")
    RENAMING = "renaming", _("更名")
    CANCELLING = "cancelling", _("销名")


class CaseKind(models.TextChoices):
    """What is named; divisions and their committees are not among them (docs/decisions/0085)."""

    ROAD = "road", _("街路巷")
    COMPOUND = "compound", _("住宅区")
    BUILDING = "building", _("楼宇")
    NATURAL_VILLAGE = "natural_village", _("自然村")
    NATURAL = "natural", _("自然地理实体")
    FACILITY = "facility", _("设施")


class CaseState(models.TextChoices):
    DRAFT = "draft", _("草稿")
    SUBMITTED = "submitted", _("待审核")
    RETURNED = "returned", _("退回修改")
    REVIEWED = "reviewed", _("审核通过，待批准")
    REFUSED = "refused", _("不予批准")
    APPROVED = "approved", _("已批准，待备案公告")
    CLOSED = "closed", _("已办结")
    WITHDRAWN = "withdrawn", _("已撤回")
    REVOKED = "revoked", _("登记已撤销")


class ApproverKind(models.TextChoices):
    """条例第十二条."""

    GOVERNMENT = "government", _("市、县级人民政府")
    HOUSING = "housing", _("住房和城乡建设主管部门")
    DEPARTMENT = "department", _("有关主管部门")
    CIVIL_AFFAIRS = "civil_affairs", _("民政部门")
    AS_RULED = "as_ruled", _("省规定的机关")


class PaperClass(models.TextChoices):
    APPLICATION = "application", _("申请书")
    MAP = "map", _("位置示意图")
    OPINION = "opinion", _("征求意见材料")
    ASSESSMENT = "assessment", _("综合评估报告")
    EXPERTS = "experts", _("专家论证报告")
    MEASURES = "measures", _("保护措施")
    APPROVAL = "approval", _("批准文件")
    FILING = "filing", _("备案回执")
    OTHER = "other", _("其他")


# After a decision on record; the rows below it were written.
_DECIDED = ["approved", "closed", "revoked"]


class NamingCase(models.Model):
    """`name` is the name applied for; of a cancelling the one that goes. `former_name` is what the place was called before.

    before, made   the record that held when the case was enacted (null where a place is new), and the one that holds since
    evaluation     the findings and their answers as they stood at the approval
    notice         the public notice as it was published
    """

    number = models.CharField(_("编号"), max_length=20, unique=True)
    act = models.CharField(_("事项"), max_length=12, choices=CaseAct)
    kind = models.CharField(_("地名种类"), max_length=16, choices=CaseKind)
    area = models.ForeignKey(Division, models.PROTECT, related_name="naming_cases", verbose_name=_("所在行政区"))
    place = models.ForeignKey(PlaceName, models.PROTECT, null=True, blank=True, related_name="naming_cases", verbose_name=_("地名"))
    state = models.CharField(_("状态"), max_length=10, choices=CaseState, default=CaseState.DRAFT)
    version = models.PositiveIntegerField(_("版本"), default=1, help_text=_("每次保存加一，防止两人互相覆盖"))
    is_demo = models.BooleanField(_("演示数据"), default=False)

    name = models.CharField(_("拟用名称"), max_length=60)
    former_name = models.CharField(_("原名称"), max_length=120, blank=True)
    place_class = models.CharField(_("地名类别"), max_length=5)
    spelling = models.CharField(_("罗马字母拼写"), max_length=240, blank=True)
    location = gis_models.GeometryField(_("位置"), srid=CGCS2000, null=True, blank=True, spatial_index=False)
    position = models.CharField(_("位置描述"), max_length=400, blank=True)
    scale = models.CharField(_("规模"), max_length=200, blank=True)
    nature = models.CharField(_("性质"), max_length=200, blank=True)
    meaning = models.TextField(_("地名含义"), blank=True)
    reason_kind = models.CharField(_("事由"), max_length=20, blank=True)
    reasons = models.TextField(_("方案及理由"), blank=True)
    measures = models.TextField(_("保护措施"), blank=True)
    applicant = models.CharField(_("申请单位"), max_length=200, blank=True)

    approver_kind = models.CharField(_("批准机关类别"), max_length=14, choices=ApproverKind)
    approver = models.CharField(_("批准机关"), max_length=200, blank=True)
    document_number = models.CharField(_("批准文号"), max_length=80, blank=True)
    approved_on = models.DateField(_("批准日期"), null=True, blank=True)
    effective_on = models.DateField(_("启用日期"), null=True, blank=True)
    filed_with = models.CharField(_("备案机关"), max_length=200, blank=True)
    filed_on = models.DateField(_("备案日期"), null=True, blank=True)
    filing_number = models.CharField(_("备案编号"), max_length=80, blank=True)
    announced_on = models.DateField(_("公告日期"), null=True, blank=True)
    notice = models.JSONField(_("公告"), null=True, encoder=DjangoJSONEncoder)
    evaluation = models.JSONField(_("核对结果"), null=True, encoder=DjangoJSONEncoder)
    # The filing package as it was last made, the version of the case it tells, and the job that makes or made it.
    package = models.ForeignKey(StoredFile, models.PROTECT, null=True, related_name="+", verbose_name=_("备案材料包"))
    package_version = models.PositiveIntegerField(null=True)
    package_job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("打包任务"))
    source = models.ForeignKey(Source, models.PROTECT, null=True, related_name="naming_cases", verbose_name=_("来源"))
    before = models.ForeignKey(PlaceNameRecord, models.PROTECT, null=True, related_name="+", verbose_name=_("此前的记录"))
    made = models.ForeignKey(PlaceNameRecord, models.PROTECT, null=True, related_name="+", verbose_name=_("批准后的记录"))

    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    created_at = models.DateTimeField(_("起草时间"), auto_now_add=True)
    updated_at = models.DateTimeField(_("更新时间"), auto_now=True)

    class Meta:
        verbose_name = _("地名命名更名案")
        verbose_name_plural = _("地名命名更名案")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=CaseState.values), name="naming_case_state_known"),
            models.CheckConstraint(condition=Q(act__in=CaseAct.values), name="naming_case_act_known"),
            models.CheckConstraint(condition=Q(kind__in=CaseKind.values), name="naming_case_kind_known"),
            models.CheckConstraint(condition=~Q(name=""), name="naming_case_named"),
            models.CheckConstraint(condition=Q(act="naming") | Q(place__isnull=False), name="naming_case_of_a_place"),
            models.CheckConstraint(
                condition=~Q(state__in=_DECIDED)
                | Q(approved_on__isnull=False, effective_on__isnull=False, made__isnull=False, evaluation__isnull=False),
                name="naming_case_approved_with_evidence",
            ),
            models.CheckConstraint(
                condition=Q(announced_on=None) | Q(notice__isnull=False), name="naming_case_announced_with_text"
            ),
            # A place is in one case at a time, and a new name is applied for once in its area.
            models.UniqueConstraint(
                fields=["place"],
                condition=Q(state__in=["draft", "submitted", "returned", "reviewed"]),
                name="naming_case_one_under_way",
            ),
            models.UniqueConstraint(
                fields=["area", "kind", "name"],
                condition=Q(state__in=["draft", "submitted", "returned", "reviewed"], act="naming"),
                name="naming_case_applied_for_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}"


class NamingPaper(models.Model):
    """One document of a case. Taken out, it stays readable."""

    case = models.ForeignKey(NamingCase, models.PROTECT, related_name="papers", verbose_name=_("案件"))
    paper_class = models.CharField(_("材料类别"), max_length=12, choices=PaperClass)
    file = models.ForeignKey(StoredFile, models.PROTECT, related_name="+", verbose_name=_("文件"))
    title = models.CharField(_("标题"), max_length=200)
    parts = models.JSONField(_("所含部分"), default=list)
    added_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("提交人"))
    added_at = models.DateTimeField(_("提交时间"), auto_now_add=True)
    removed_at = models.DateTimeField(_("移出时间"), null=True)

    class Meta:
        verbose_name = _("案件材料")
        verbose_name_plural = _("案件材料")
        ordering = ["paper_class", "id"]


class NamingEvent(models.Model):
    """One step along placenames.rules.case_states, with the clause behind it."""

    case = models.ForeignKey(NamingCase, models.PROTECT, related_name="events", verbose_name=_("案件"))
    action = models.CharField(_("步骤"), max_length=10)
    from_state = models.CharField(_("原状态"), max_length=10, choices=CaseState, blank=True)
    to_state = models.CharField(_("新状态"), max_length=10, choices=CaseState)
    basis = models.CharField(_("依据"), max_length=200)
    note = models.TextField(_("说明"), blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)

    class Meta:
        verbose_name = _("办理过程")
        verbose_name_plural = _("办理过程")
        ordering = ["id"]


class NamingAnswer(models.Model):
    """A person's answer to findings of a rule (placenames.rules.case_answers). Empty `code` or `subject`: any."""

    case = models.ForeignKey(NamingCase, models.PROTECT, related_name="answers", verbose_name=_("案件"))
    rule = models.CharField(_("规则"), max_length=30)
    code = models.CharField(_("问题"), max_length=60, blank=True)
    subject = models.CharField(_("对象"), max_length=200, blank=True)
    document = models.CharField(_("文件依据"), max_length=200, blank=True)
    reason = models.TextField(_("理由"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    at = models.DateTimeField(_("时间"), auto_now_add=True)
    withdrawn_at = models.DateTimeField(_("撤下时间"), null=True)

    class Meta:
        verbose_name = _("规则答复")
        verbose_name_plural = _("规则答复")
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(rule="") & ~Q(reason=""), name="naming_answer_says_why")]
