"""What the audit trail calls the deeds of this app."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from boundaries.models import DecisionFollowUp
from boundaries.services.follow_ups import FIELDS as FOLLOW_UP_FIELDS
from boundaries.wording import OVERALL
from gis.audit import words

ACTIONS = {
    "application.create": _("起草申请"),
    "application.update": _("修改申请"),
    "application.attach": _("附上申报材料"),
    "application.detach": _("移出申报材料"),
    "application.restore": _("恢复申报材料"),
    "application.check": _("校核申请"),
    "application.revise": _("退改申请"),
    "application.submit": _("上报申请"),
    "application.return": _("退回申请"),
    "application.accept": _("受理申请"),
    "application.decide": _("登记批复"),
    "application.withdraw": _("撤回申请"),
    "decision.create": _("起草批复"),
    "decision.update": _("修改批复"),
    "decision.withdraw": _("撤回批复草稿"),
    "decision.submit": _("方案送审"),
    "decision.recall": _("收回送审方案"),
    "decision.return": _("退回方案修改"),
    "decision.comment": _("对方案提出意见"),
    "decision.uncomment": _("撤下对方案的意见"),
    "decision.override": _("答复规则核对"),
    "decision.override_withdraw": _("撤下对规则核对的答复"),
    "decision.attach": _("附上批复文件"),
    "decision.detach": _("移出批复文件"),
    "decision.enact": _("实施批复"),
    "decision.follow_up": _("登记批复后续工作"),
    "decision.codes": _("登记已确定的代码"),
    "decision.close": _("批复结案"),
    "decision.reopen": _("撤销批复结案"),
    "decision.dossier": _("生成批复申报材料包"),
    "decision.map": _("导出公开用图"),
    "application.dossier": _("生成申请材料包"),
    "code_list.make": _("生成乡级代码半年表"),
    "demo.load": _("载入演示县"),
    "division.correct": _("订正区划记录"),
    "lineage.correct": _("订正沿革"),
    "indicator.enter": _("录入指标"),
    "indicator.correct": _("更正指标"),
    "indicator.withdraw": _("撤下指标"),
    "indicator.import": _("导入指标表"),
    "indicator.undo": _("撤销导入的指标"),
    "priority_county.add": _("列入重点帮扶县"),
    "priority_county.end": _("移出重点帮扶县"),
    "priority_county.remove": _("删去误列的重点帮扶县"),
    "rule_set.ship": _("随系统带来标准"),
    "rule_set.load": _("载入标准"),
    "rule_set.adopt": _("采用标准"),
    "rule_set.retire": _("停用标准"),
}
FIELDS = {
    **{field.name: field.verbose_name for field in DecisionFollowUp._meta.fields if field.name in (*FOLLOW_UP_FIELDS, "closed_at")},
    "division": _("区划"),
    "divisions": _("区划数"),
    "records": _("记录数"),
    "indicators": _("指标数"),
    "people": _("人数"),
    "document": _("文件"),
    "document_class": _("材料类别"),
    "title": _("标题"),
    "parts": _("所含部分"),
    "overall": _("总体结论"),
    "list": _("名录"),
    "file": _("文件"),
    "acts": pgettext_lazy("workbench", "事项"),
    "made_of": _("所据"),
    "use": _("用途"),
    "approval": _("审图号"),
    "side": _("变更前后"),
    "form": _("格式"),
    "codes": _("代码数"),
    "on": _("截至日期"),
    "valid_from": _("起"),
    "valid_to": _("止"),
}


def register() -> None:
    words.register(ACTIONS, FIELDS, {"overall": OVERALL})
