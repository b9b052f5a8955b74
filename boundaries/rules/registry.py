"""The register of rules: identifier, weight, basis, words, and where each is carried out. docs/rules.md is made from it.

Only what the sources support stands here; where a rule's basis is second-hand its weight is at most WARN. Rules of later
work (names, pinyin, signs, boundaries) join as they are built. The chapters on changes and codes are in registry_changes,
those on joint inspections in registry_inspections.
"""

from __future__ import annotations

from boundaries.rules.finding import Severity
from boundaries.rules.registry_changes import CHANGE_CHAPTERS
from boundaries.rules.registry_inspections import INSPECTION_CHAPTERS
from boundaries.rules.registry_lines import LINE_CHAPTERS
from boundaries.rules.rule import Chapter, Rule, Waiver

_BLOCK, _WARN, _INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
_REGULATION = "行政区划管理条例"
_MEASURES = "行政区划管理条例实施办法（民政部令第65号）"
_T08 = "河南省撤乡建镇标准（试行）（2008.7）"
_S17 = "河南省街道办事处设置有关规定（试行）（片段，二手）"
_T08_FILE = "boundaries/standards/henan-town-2008-trial.toml"
_S17_FILE = "boundaries/standards/henan-subdistrict-fragments.toml"
_R = "boundaries.rules."

REGISTER: tuple[Chapter, ...] = (
    Chapter(
        "申请材料与方案",
        "Dossier and plan",
        (
            Rule("CHG-DOC-01", _BLOCK, f"{_REGULATION}第十三条",
                 "申请材料七类，前六类齐全（第七类为民政部规定的其他材料，可无）。",
                 "Of the seven classes of attachments the first six are present; the seventh is optional.",
                 _R + "dossier.check_attachments"),
            Rule("CHG-DOC-02", _WARN, f"{_MEASURES}第十一条第四项（引文）",
                 "专家论证报告载有四部分：必要性、科学性、合理性；经济社会效益；可行性和可能的风险；意见建议。",
                 "The expert report has four parts: necessity; benefits; feasibility and risk; opinions.",
                 _R + "dossier.check_expert_report"),
            Rule("CHG-DOC-03", _BLOCK, f"{_REGULATION}第十三条第六项",
                 "变更前行政区划图和变更方案示意图都有，并标明涉及的全部区划。",
                 "Both the map before the change and the map of the plan are there and show all units concerned.",
                 _R + "dossier.check_maps"),
            Rule("CHG-PLAN-01", _BLOCK, f"{_MEASURES}第三条",
                 "设立方案写明名称、建制类型、隶属关系（含代管）、界线、驻地。",
                 "A plan that establishes a unit states name, type, subordination, boundary and seat.",
                 _R + "plan.check_contents"),
            Rule("CHG-PLAN-03", _WARN, f"{_MEASURES}第三条",
                 "方案由上一级人民政府制订；撤销并以原区域设立的，可由本级制订。",
                 "The next-higher government plans; the unit itself may when it is abolished and set up with the same "
                 "territory.",
                 _R + "plan.check_author"),
            Rule("CHG-AUTH-03", _WARN, "地方各级人民代表大会和地方各级人民政府组织法第八十五条",
                 "街道设在市辖区、不设区的市；设在县的提示说明理由（河南省有先例）。",
                 "A sub-district lies in a district or a city without districts; in a county it needs a reason (Henan has "
                 "precedents).",
                 _R + "plan.check_subdistrict_parent"),
            Rule("CHG-ETH-01", _WARN, f"广西设镇标准报道所引国务院文件（二手）；{_REGULATION}第十四条",
                 "民族乡改设镇，名称不得为“民族镇”，并须征求民族工作部门意见。",
                 "An ethnic township that becomes a town must not be an “ethnic town”; the ethnic-affairs department is "
                 "consulted.",
                 _R + "plan.check_ethnic_township",
                 waivers=(Waiver("ethnic_town_name", "准予使用该名称的专门文件", "a document of its own that allows the name"),)),
            Rule("CHG-ETH-02", _WARN, "民族乡行政工作条例第二条",
                 "设立民族乡，少数民族人口占30%以上，特殊情况可略低。",
                 "A new ethnic township has 30 % minorities or more, slightly less in special cases.",
                 _R + "plan.check_new_ethnic_township"),
            Rule("CHG-TXT-01", _INFO, "河南省历次批复用语",
                 "乡改镇批复写“实行镇管村体制”，设街道批复写“实行城市管理体制”。",
                 "Approvals say “实行镇管村体制” for towns and “实行城市管理体制” for sub-districts.",
                 _R + "plan.check_decision_text"),
        ),
    ),
    Chapter(
        "设立标准",
        "Standards for establishment",
        (
            Rule("STD-00", _BLOCK, f"{_REGULATION}第十一条",
                 "所查日期须有且只有一个有效的正式标准；否则结果为“无正式标准，仅供参考”，不作符合与否的认定。",
                 "Exactly one official standard is in force on the day; otherwise the result is for reference only.",
                 _R + "choice.choose_rule_set",
                 "现行《河南省设立镇标准》《河南省设立街道标准》全文未取得，须由单位载入。"),
            Rule("STD-T08-A", _INFO, f"{_T08}第一项",
                 "县人口密度350人/平方公里以上：总人口3.5万、驻地8000人、一般预算内收入400万元、建成区3平方公里、"
                 "道路硬化100%、地名设标90%、自来水90%、人均绿地3—5平方米、有垃圾处理场。",
                 "Density of 350/km² and more: 35,000 people, 8,000 at the seat, 4 million yuan, 3 km² built up, roads 100 %, "
                 "signs 90 %, water 90 %, green 3–5 m², a waste site.",
                 _T08_FILE),
            Rule("STD-T08-B", _INFO, f"{_T08}第二项",
                 "密度100至350：总人口平原3万/山区2.5万、驻地6000/5000人、收入300万元、建成区2.5/2平方公里、"
                 "道路100%、设标80%、自来水80%、绿地3—5平方米、有垃圾处理场。",
                 "Density 100 to 350: 30,000/25,000 people (plain/mountain), 6,000/5,000 at the seat, 3 million yuan, "
                 "2.5/2 km², roads 100 %, signs 80 %, water 80 %, green 3–5 m², a waste site.",
                 _T08_FILE,
                 "密度恰为350时两档都适用，分别评价；结论不一致时由人决定。"),
            Rule("STD-T08-C", _INFO, _T08,
                 "密度不足100的，所见副本没有规定，不作评价，由人研究。",
                 "Below 100 the copy seen is silent: not evaluated, a person decides.",
                 _T08_FILE),
            Rule("STD-T08-D", _INFO, f"{_T08}第三项",
                 "其他条件（公共设施；区位优势与类型）由人认定；未认定前总体结论为尚不能确定。",
                 "The other conditions (facilities; location and type) are judged by a person; until then undetermined.",
                 _T08_FILE,
                 "编号为本系统所加。"),
            Rule("STD-S17-A", _WARN, _S17,
                 "县城乡镇改设街道，原则上撤多少设多少，否则说明理由。",
                 "At the county seat, in principle one sub-district for each unit abolished; otherwise give the reason.",
                 _S17_FILE),
            Rule("STD-S17-B", _WARN, _S17, "建成区面积占总面积50%以上。",
                 "The built-up area is at least half of the sub-district.", _S17_FILE),
            Rule("STD-S17-C", _INFO, _S17, "依托产业集聚区设街道，常住人口3万人以上。",
                 "Within an industrial cluster: at least 30,000 residents.", _S17_FILE),
            Rule("STD-S17-D", _WARN, _S17, "非整建制改设，剩余乡镇不足3万人的原则上不保留。",
                 "Partial conversion: a remaining township below 30,000 people is in principle not kept.", _S17_FILE),
            Rule("STD-S17-E", _WARN, _S17, "面积、人口适度，布局合理（由人认定），已纳入城市总体规划。",
                 "Suitable size and layout (a person judges), inside the city master plan.", _S17_FILE,
                 "编号为本系统所加；该规定第一至第三段未见，全套标记为不完整，不能得出“符合”。"),
            Rule("STD-84", _INFO, "国务院同意民政部关于调整建镇标准的报告（1984年，人民日报刊载）",
                 "总人口不足2万、驻地非农业人口超过2000；或总人口2万以上、驻地非农业人口超过10%。",
                 "Under 20,000 people and over 2,000 non-agricultural at the seat; or 20,000 and more and over 10 %.",
                 "boundaries/standards/national-town-1984.toml", "历史标准。"),
            Rule("STD-GEN-01", _BLOCK, "本系统规则；口径依各省标准",
                 "每项数据有单位、年份、来源文件和口径；缺前三项的按缺少数据处理，口径未注明的提示。",
                 "Each value has unit, year, source and basis; without one of the first three it counts as missing.",
                 _R + "readings.findings_of"),
            Rule("STD-GEN-02", _BLOCK, "山东省设镇标准（二手）所用位次条件",
                 "位次按标准所指范围和连续年数计算；缺位次的按缺少数据处理。",
                 "A rank is taken over the stated peers and N consecutive years; without it the criterion is missing.",
                 _R + "criteria.judge"),
            Rule("STD-GEN-03", _WARN, "云南省设镇标准（二手）所用放宽条款",
                 "放宽或免除须附证明文件；系数随标准保存。",
                 "A relaxation needs its document; its factor is kept with the standard.",
                 _R + "evaluation.evaluate"),
            Rule("STD-GEN-04", _WARN, "2008年河南省试行标准及山东省、云南省设镇标准均有此项",
                 "地名标志设置率由标志台账计算，手工填报的提示。",
                 "The share of signs set is computed from the sign table; a typed value is noted.",
                 _R + "readings.findings_of"),
        ),
    ),
    *CHANGE_CHAPTERS,
    *INSPECTION_CHAPTERS,
    *LINE_CHAPTERS,
)  # fmt: skip


def rules() -> dict[str, Rule]:
    """All rules by identifier."""
    return {rule.id: rule for chapter in REGISTER for rule in chapter.rules}
