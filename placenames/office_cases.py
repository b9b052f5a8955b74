"""What naming cases, notices and listed names tell the shared rooms: trail, menu, files, duties, impacts, the demo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from boundaries.services import demo as boundaries_demo
from gis import todo
from gis.accounts.duties import Person
from gis.audit import words
from gis.files import purposes
from gis.files.models import StoredFile
from gis.files.validators import OFFICE_PAPER
from gis.jobs import kinds
from gis.menu import Group, MenuEntry
from gis.menu import register as register_menu_entry
from placenames import heritage_impacts, naming_due, policies
from placenames.models import HeritageEvidence, NamingCase
from placenames.naming_home import on_the_first_page
from placenames.services import demo_cases, heritage, naming_cases, naming_package

ACTIONS = {
    "naming.create": _("起草地名案"),
    "naming.update": _("修改地名案"),
    "naming.attach": _("加入地名案材料"),
    "naming.detach": _("移出地名案材料"),
    "naming.answer": _("答复地名规则"),
    "naming.answer_withdraw": _("撤下对地名规则的答复"),
    "naming.submit": _("地名案送审"),
    "naming.recall": _("收回地名案"),
    "naming.pass": _("地名案审核通过"),
    "naming.return": _("退回地名案"),
    "naming.approve": _("登记地名案的批准"),
    "naming.refuse": _("登记地名案不予批准"),
    "naming.revise": _("重新申请"),
    "naming.file": _("登记地名备案"),
    "naming.announce": _("发布地名公告"),
    "naming.amend": _("更正地名案的批准登记"),
    "naming.revoke": _("撤销误登的地名批准"),
    "naming.withdraw": _("撤回地名案"),
    "naming.restore": _("恢复地名案"),
    "naming.package": _("生成地名备案材料"),
    "heritage.show": _("登记名录条件的依据"),
    "heritage.withdraw": _("撤下名录条件的依据"),
}
FIELDS = {
    "act": _("事项"),
    "kind": _("种类"),
    "position": _("位置描述"),
    "scale": _("规模"),
    "nature": _("性质"),
    "meaning": _("含义"),
    "reason_kind": _("事由"),
    "reasons": _("方案及理由"),
    "measures": _("保护措施"),
    "applicant": _("申请单位"),
    "approver_kind": _("批准机关类别"),
    "former_name": _("原名称"),
    "place_class": _("地名类别"),
    "filed_with": _("备案机关"),
    "filed_on": _("备案日期"),
    "filing_number": _("备案编号"),
    "paper_class": _("材料类别"),
    "papers": _("材料"),
    "criterion": _("条件"),
    "holds": _("符合"),
    "year": _("年份"),
}


def may_download_case_paper(user: Person, file: StoredFile) -> bool:
    """Who may see the case it was filed with, also after it was taken out."""
    return any(policies.may_view_naming_case(user, one) for one in NamingCase.objects.filter(papers__file=file))


def may_download_heritage_paper(user: Person, file: StoredFile) -> bool:
    """Whoever may see the office's names: lists are public, and so is what shows their criteria within the office."""
    return policies.may_view_names(user) and HeritageEvidence.objects.filter(file=file).exists()


def register() -> None:
    words.register(ACTIONS, FIELDS)
    register_menu_entry(MenuEntry(_("命名更名"), "naming-cases", "edit", 52, group=Group.NAMES))
    register_menu_entry(MenuEntry(_("地名名录"), "heritage", "star", 54, group=Group.NAMES))
    register_menu_entry(MenuEntry(_("地名公告"), "naming-notices", "file", 56, group=Group.NAMES))
    purposes.register(purposes.Purpose(naming_cases.PURPOSE, _("地名案材料"), may_download_case_paper, OFFICE_PAPER))
    purposes.register(
        purposes.Purpose(
            naming_package.PURPOSE, _("地名备案材料包"), naming_package.may_download, limit_bytes=naming_package.LIMIT_BYTES
        )
    )
    kinds.register(
        kinds.Kind(
            naming_package.PACKAGE_JOB,
            _("打包备案材料"),
            naming_package.run,
            result_template="boundaries/parts/dossier_made.html",
        )
    )
    purposes.register(purposes.Purpose(heritage.PURPOSE, _("名录条件的依据"), may_download_heritage_paper, OFFICE_PAPER))
    naming_due.register()
    heritage_impacts.register()
    todo.register(on_the_first_page)
    boundaries_demo.also(demo_cases.load_cases)
