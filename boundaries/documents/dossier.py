"""What the papers of a dossier are made of, and three of them: 申请书, 基本情况, 附件清单.

All words come from what was stated and from the plan. What nobody stated is printed as （未填写）, never made up. The clauses on
what an application letter must contain were not seen (实施办法第十一条 but for one item); the order of its headings is ours.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from docx.shared import Cm

from boundaries.documents.acts_in_words import UNSTATED
from boundaries.documents.office_paper import OfficePaper
from boundaries.rules.dossier import DOCUMENT_CLASSES


@dataclass(frozen=True)
class Filed:
    """A file as kept. `document_class` is one of boundaries.rules.dossier, or empty; `path` is its place in the zip."""

    document_class: str
    title: str
    name: str
    size: int
    sha256: str
    path: str = ""


@dataclass(frozen=True)
class DossierFacts:
    """`facts` are the items of 第十三条第二项 (heading, text), `plan` what the plan says (what, words); empty = not stated.

    `comparison` are rows (before, after, share) of the units; `register` rows of figures from the register.
    """

    number: str
    number_title: str
    title: str
    subject: str
    addressee: str
    requests: tuple[str, ...]
    reasons: str
    plan: tuple[tuple[str, str], ...]
    facts: tuple[tuple[str, str], ...]
    comparison: tuple[tuple[str, ...], ...]
    register: tuple[tuple[str, ...], ...]
    filed: tuple[Filed, ...]
    status: str
    drafted_by: str
    made_on: date
    demo: bool

    @property
    def header(self) -> str:
        return f"{'演示数据　' if self.demo else ''}内部使用　{self.number}".rstrip("　")


COMPARISON = (
    "变更前",
    "建制类型",
    "上级",
    "代码",
    "面积（平方公里）",
    "变更后",
    "建制类型",
    "上级",
    "代码",
    "面积（平方公里）",
    "占原区划面积",
)
REGISTER = ("区划", "建制类型", "上级", "代码", "面积（平方公里）", "范围等级", "下辖单位")


def application_letter(one: DossierFacts) -> bytes:
    """申请书, .docx."""
    paper = _paper(one, "行政区划变更申请书", landscape=True)
    paper.paragraph(f"{one.addressee or UNSTATED}：", indent=False)
    paper.heading("一、申请事项")
    if not one.requests:
        paper.paragraph(UNSTATED)
    for number, sentence in enumerate(one.requests, 1):
        begin = "现申请同意" if len(one.requests) == 1 else f"（{_chinese(number)}）申请同意"
        paper.paragraph(f"{begin}{sentence}。")
    paper.heading("二、变更理由")
    _text(paper, one.reasons)
    paper.heading("三、变更方案")
    paper.facts([(title, words or UNSTATED) for title, words in one.plan])
    paper.heading("四、变更前后对照")
    if one.comparison:
        widths = (Cm(2.5), Cm(1.9), Cm(2.2), Cm(2.8), Cm(1.9)) * 2 + (Cm(1.8),)
        paper.table(COMPARISON, one.comparison, widths=widths, right=(4, 9, 10))
    else:
        paper.paragraph("没有可对照的区划记录。")
    paper.heading("五、所附材料")
    filed = [f"（{DOCUMENT_CLASSES[each.document_class].number}）{each.title}" for each in one.filed if each.document_class]
    for line in filed or ["尚未提交材料。"]:
        paper.paragraph(line)
    paper.paragraph("申请机关（盖章）：　　　　　　　　　　年　　月　　日", indent=False, right=True)
    return paper.as_bytes()


def basic_facts(one: DossierFacts) -> bytes:
    """基本情况, .docx."""
    paper = _paper(one, f"{one.subject}基本情况", landscape=False)
    paper.paragraph("依据《行政区划管理条例》第十三条第二项编写。各项文字由申请单位填写，登记数据取自区划登记册。")
    for number, (heading, text) in enumerate(one.facts, 1):
        paper.heading(f"{_chinese(number)}、{heading}")
        _text(paper, text)
    paper.heading(f"{_chinese(len(one.facts) + 1)}、登记数据")
    if one.register:
        widths = (Cm(2.9), Cm(2.0), Cm(2.6), Cm(2.8), Cm(2.2), Cm(1.7), Cm(1.8))
        paper.table(REGISTER, one.register, widths=widths, right=(4, 6))
        paper.paragraph("面积按在册范围在2000国家大地坐标系椭球面上计算，不代替勘界面积；“未知”表示登记册没有这项资料。")
    else:
        paper.paragraph("登记册中没有相应资料。")
    return paper.as_bytes()


def attachments_list(one: DossierFacts, made: Sequence[Filed]) -> bytes:
    """附件清单, .docx: the files as filed by class, then what this system made (`made`)."""
    paper = _paper(one, "附件清单", landscape=True)
    paper.heading("一、申请单位提交的材料")
    rows = []
    for document in DOCUMENT_CLASSES.values():
        filed = [each for each in one.filed if each.document_class == document.id]
        kind = f"（{document.number}）{document.zh}"
        rows += [_row(kind, each) for each in filed]
        if not filed:
            rows.append((kind, "缺" if document.required else "无（非必需）", "", "", ""))
    rows += [_row("批复及后续文件", each) for each in one.filed if not each.document_class]
    head = ("《行政区划管理条例》第十三条类别", "标题", "压缩包内位置", "字节数", "SHA-256")
    widths = (Cm(5.2), Cm(4.4), Cm(5.4), Cm(2.2), Cm(7.4))
    paper.table(head, rows, widths=widths, right=(3,))
    paper.heading("二、本系统生成的文件")
    paper.table(head, [_row("—", each) for each in made], widths=widths, right=(3,))
    paper.paragraph("本清单自身的摘要见压缩包内 manifest.json。", indent=False)
    return paper.as_bytes()


def _row(kind: str, each: Filed) -> tuple[str, ...]:
    return kind, each.title, each.path, f"{each.size:,}", each.sha256


def _paper(one: DossierFacts, title: str, *, landscape: bool) -> OfficePaper:
    paper = OfficePaper(title=title, header=one.header, landscape=landscape)
    if one.demo:
        paper.notice("演示数据：本文件所列区划、边界与指标均为虚构，不得用于任何申报。")
    rows = [("标题", one.title), (one.number_title, one.number or UNSTATED), ("状态", one.status)]
    paper.facts([*rows, ("生成", f"{one.made_on.year}年{one.made_on.month}月{one.made_on.day}日，{one.drafted_by}")])
    return paper


def _text(paper: OfficePaper, text: str) -> None:
    for line in [line.strip() for line in text.splitlines() if line.strip()] or [UNSTATED]:
        paper.paragraph(line)


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    if number < 10:
        return digits[number]
    tens, ones = divmod(number, 10)
    return f"{'' if tens == 1 else digits[tens]}十{digits[ones] if ones else ''}" if number < 100 else str(number)
