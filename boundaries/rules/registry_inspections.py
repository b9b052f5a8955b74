"""The chapter of the register on joint inspections: cycle and rounds (BND-CYC), the record of an inspection (BND-INS)."""

from __future__ import annotations

from boundaries.rules.finding import Severity
from boundaries.rules.rule import Chapter, Rule

_BLOCK, _WARN = Severity.BLOCK, Severity.WARN
_REGULATION = "行政区域界线管理条例第十二条"
_ROUND = "民函〔2023〕26号"
_MEASURES = "省级行政区域界线联合检查实施办法（民政部令第28号）"
_R = "boundaries.rules."

INSPECTION_CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "界线联合检查",
        "Inspection of boundary lines",
        (
            Rule("BND-CYC-01", _BLOCK, f"{_REGULATION}；{_ROUND}",
                 "每五年联合检查一次，到期年内提示，过期未查阻断（以年计为本系统的选择）。",
                 "A joint inspection every five years; due in a year, overdue after it (counting in years is our choice).",
                 _R + "inspection_cycle.check_cycle"),
            Rule("BND-CYC-02", _WARN, _REGULATION,
                 "发生自然灾害、河流改道、道路变化等影响实地走向的情形，对特定地段另行联检；登记后未安排也未说明不需要的提示。",
                 "After a disaster, a changed river or road, the stretch concerned is inspected in addition; told until one is "
                 "opened or declined with a reason.",
                 _R + "inspection_cycle.check_occurrence"),
            Rule("BND-CYC-03", _WARN, _ROUND,
                 "第五轮为2023至2027年；牵头方与配合方逐轮互换。",
                 "Round five is 2023 to 2027; lead and partner swap from round to round.",
                 _R + "inspection_cycle.check_round", "各轮起止年份由第一至第五轮推算。"),
            Rule("BND-CYC-04", _BLOCK, _ROUND,
                 "整条省界提前或推迟联检，须双方民政厅（局）同意并经民政部同意；其他界线参照，仅提示。",
                 "A whole provincial line is moved forward or back only when both departments agree and the ministry consents; "
                 "for other lines by analogy, a warning.",
                 _R + "inspection_cycle.check_moved"),
            Rule("BND-INS-01", _BLOCK, f"{_MEASURES}第三条",
                 "五项检查内容都已填写；本线（段）每个界桩都有检查记录，不一致的已选定。",
                 "The five content groups are answered; every marker of the line or stretch is visited, and where visits differ "
                 "one is chosen.",
                 _R + "inspection_record.check_record"),
            Rule("BND-INS-02", _BLOCK, f"{_REGULATION}；{_MEASURES}",
                 "双方（三交点为三方）都已签署现有内容，不同意见已了结，由各方共同报批准界线的机关备案。",
                 "Both sides (three at a tri-point) signed what stands, disagreements are settled, all file it with the body that "
                 "approved the line.",
                 _R + "inspection_record.check_signatures"),
            Rule("BND-INS-03", _WARN, f"{_MEASURES}第五条",
                 "检查依据齐备：协议书、附图、界桩登记表、上次联检报告。",
                 "The basis is at hand: agreement, maps, table of markers, the last report.",
                 _R + "inspection_record.check_basis"),
        ),
    ),
)  # fmt: skip
