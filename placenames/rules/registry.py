"""Every rule on place names and their spelling in one place: its weight, its basis, and what carries it out."""

from __future__ import annotations

from typing import Final

from boundaries.rules.finding import Severity
from boundaries.rules.rule import Chapter, Rule
from placenames.rules import naming
from placenames.rules.orthography import BASIS, BASIS_LETTERS
from placenames.rules.signs import checks

_B, _W, _I = Severity.BLOCK, Severity.WARN, Severity.INFO
_N: Final = "placenames.rules.naming."
_C: Final = "placenames.rules.naming_cases."
_P: Final = "placenames.rules.orthography."
_LAW: Final = "地名管理条例"

NAMES: Final = Chapter(
    "地名命名",
    "Names",
    (
        Rule("NAME-DUP-01", _B, naming.BASIS_DUP, "乡、镇名称在本省内不重名。",
             "A township's name is the only one in the province.",
             _N + "check_duplicates"),
        Rule("NAME-DUP-02", _W, naming.BASIS_DUP_02, "乡、镇专名与其他乡、镇相同而通名不同的，提示。",
             "The same specific part with another generic term is told.", _N + "check_duplicates"),
        Rule("NAME-DUP-03", _B, naming.BASIS_NATION, "县级以上行政区划名称在全国不重名。",
             "The name of a county or above is the only one in the country.", _N + "check_duplicates",
             "全国名单未载入时只查本登记，并说明未核对。"),
        Rule("NAME-DUP-04", _B, naming.BASIS_DUP, "村民委员会、居民委员会所在地名称在本县内不重名。",
             "A village's name is the only one in its county.", _N + "check_duplicates"),
        Rule("NAME-DUP-05", _B, naming.BASIS_DUP, "街路巷、有重要地理方位意义的住宅区和楼宇在同一建成区内不重名。",
             "Streets, estates and buildings are unlike within one built-up area.", _N + "check_duplicates",
             "没有建成区范围时在本县内比较，只提示。"),
        Rule("NAME-DUP-06", _W, naming.BASIS_DUP_06, "街道名称在本省内不重名。", "Sub-districts are unlike in the province.",
             _N + "check_duplicates"),
        Rule("NAME-DUP-07", _W, naming.BASIS_DUP_07, "自然村名称在本乡镇内不重名。",
             "Natural villages are unlike in their township.",
             _N + "check_duplicates"),
        Rule("NAME-HOM-01", _W, naming.BASIS_DUP, "同一范围内避免专名同音（声调也相同）。",
             "No homophone (tones and all) in the same scope.", _N + "check_homophones"),
        Rule("NAME-CHR-01", _B, naming.BASIS_CHR, "用字在通用规范汉字表（8105字）内。",
             "Characters are among the 8,105 standard ones.",
             _N + "check_characters", "可凭审音、用字决定放行。"),
        Rule("NAME-CHR-02", _W, naming.BASIS_CHR, "避免三级字等生僻字。", "No rare characters (third level of the table).",
             _N + "check_characters", "三级字名单须载入；未载入时不核对。"),
        Rule("NAME-CHR-03", _B, naming.BASIS_CHR, "不用字母、数字、符号。",
             "No letters, digits or symbols.", _N + "check_characters"),
        Rule("NAME-PER-01", _B, naming.BASIS_PER, "不以国家领导人的姓名作地名。", "No names of leaders.", _N + "check_lists",
             "名单须载入；未载入时不核对。"),
        Rule("NAME-PER-02", _W, naming.BASIS_PER, "一般不以人名作地名。", "Generally no names of persons.", _N + "check_lists",
             "名单须载入；未载入时不核对。"),
        Rule("NAME-FOR-01", _B, naming.BASIS_FOR, "不以外国人名、地名作地名。", "No foreign names.", _N + "check_lists",
             "名单须载入；未载入时不核对。"),
        Rule("NAME-COM-01", _W, naming.BASIS_COM, "不以企业名称、商标名称作地名。", "No names of companies or trademarks.",
             _N + "check_lists", "名单须载入；未载入时不核对。"),
        Rule("NAME-FAM-01", _B, naming.BASIS_FAM, "行政区划专名不用全国著名的自然地理实体、历史文化遗产遗址名称。",
             "A division is not named after a nationally known feature or site.", _N + "check_lists",
             "名单须载入；超出本行政区域范围的，由人认定。"),
        Rule("NAME-GEN-01", _B, naming.BASIS_GEN, "地名由专名和通名组成，通名不单独使用。",
             "Specific and generic part are both there.",
             _N + "check_structure"),
        Rule("NAME-GEN-02", _W, naming.BASIS_GEN_02, "通名不叠用。", "Generic terms are not stacked.", _N + "check_structure"),
        Rule("NAME-FIT-01", _W, naming.BASIS_FIT, "通名与地理实体的类别、规模相称。", "The generic term fits the kind of place.",
             _N + "check_structure"),
        Rule("NAME-REN-01", _B, f"{_LAW}第十条", "更名有法定事由。", "A renaming has a reason of the law.", _C + "check_reason"),
        Rule("NAME-REN-02", _B, f"{_LAW}第十条、第二十五条", "列入保护名录的一般不更名；确需更名的先定保护措施。",
             "Protected names stay, or measures come first.", _C + "check_protected"),
        Rule("NAME-REN-03", _W, "千年古镇认定条件（依新闻所引通知）", "千年古镇改街道的，提示不再是建制镇。",
             "An ancient town that becomes a sub-district is warned of.", _C + "check_ancient_town"),
        Rule("NAME-APP-01", _B, f"{_LAW}第十一条", "申请材料齐全；行政区划另有三份报告。", "The application is complete.",
             _C + "check_application"),
        Rule("NAME-APP-02", _W, "地名管理条例实施办法（民政部令第71号）第五条", "报告内容齐全。",
             "The reports speak of all they should.",
             _C + "check_reports"),
        Rule("NAME-AUT-01", _B, f"{_LAW}第十二条", "由有权机关批准。", "The right body approves.", _C + "check_approver",
             "村、自然村和自然地理实体的批准机关依省规定，未见，不作认定。"),
        Rule("NAME-FIL-01", _B, f"{_LAW}第十三条、第三十五条", "批准之日起15日内备案。", "Filed within 15 days of approval.",
             _C + "check_filing"),
        Rule("NAME-NOT-01", _B, f"{_LAW}第十四条", "批准（或备案）之日起15日内公告。",
             "Announced within 15 days.", _C + "check_notice"),
        Rule("NAME-NOT-02", _W, "地名备案公告管理办法（试行）（二手）", "公告内容齐全。", "The notice is complete.",
             _C + "check_notice_text"),
        Rule("NAME-STD-01", _B, f"{_LAW}第十五条、第十八条", "经批准的才是标准地名；公文、标志用标准地名。",
             "Standard only after approval; official output uses it.", _C + "check_standard"),
    ),
)  # fmt: skip

SPELLING: Final = Chapter(
    "罗马字母拼写",
    "Spelling",
    (
        Rule("PY-01", _W, BASIS, "分写连写合规则（R1–R3）。", "Words are divided as the rule has it.", _P + "check_spelling"),
        Rule("PY-02", _B, BASIS, "多音字由有出处的读音或由人认定，不自动采用。", "Polyphones are decided by a source or a person.",
             _P + "check_readings"),
        Rule("PY-03", _B, BASIS, "词中 a、o、e 开头的音节前有隔音符号。",
             "Apostrophes stand where they should.", _P + "check_spelling"),
        Rule("PY-04", _B, BASIS, "分写的每段首字母大写，或全部大写。", "Each part begins with a capital.", _P + "check_spelling"),
        Rule("PY-05", _W, BASIS, "数词合规则（R6、R7）。", "Numerals are written as the rule has it.", _P + "check_spelling"),
        Rule("PY-06", _B, BASIS_LETTERS, "只用汉语拼音，不用英文通名。",
             "Letters of Pinyin only, no English terms.", _P + "check_spelling"),
    ),
)  # fmt: skip

_S: Final = "placenames.rules.signs.checks."
SIGNS: Final = Chapter(
    "地名标志",
    "Signs",
    (
        Rule("SIGN-01", _B, checks.BASIS_TEXT, "牌面汉字是现行标准名称，拼音是登记的拼写。",
             "The Chinese is the standard name of today, the letters are its spelling on record.", _S + "check_text",
             "没有对应到地名、没有抄录牌面、拼写未认定的，只说未核对。"),
        Rule("SIGN-02", _W, checks.BASIS_COLOUR, "街牌：东西向蓝底白字，南北向绿底白字；走向 45°–135° 为东西向。",
             "Street signs are blue along east–west roads and green along north–south ones.", _S + "check_colour",
             "走向由道路线形按测地线算出；在分界上或没有单一走向的由人决定。"),
        Rule("SIGN-03", _W, checks.BASIS_LAYOUT, "住宅小区牌 1000×600、楼牌 900×500，边框不超过 25，楼号字高不小于 350（毫米）。",
             "Residential area signs are 1000×600, building signs 900×500 mm, and so on.", _S + "check_layout"),
        Rule("SIGN-04", _I, checks.BASIS_SIZE, "其他类型的尺寸依单位载入的正式类型表。",
             "Other types have the sizes of the table an office loads.", _S + "check_layout", "没有载入的只说未核对。"),
        Rule("SIGN-05", _W, checks.BASIS_STALE, "更名、乡改镇后，每个受影响的标志都有任务单；旧牌经批准后拆除。",
             "After a renaming every affected sign has a work order; the old one goes with authority only.", _S + "check_renamed"),
        Rule("SIGN-06", _I, checks.BASIS_DAMAGE, "损毁标志的报告立案处理，注明罚款幅度 1000 元至 5000 元。",
             "A report of damage is a case; the range of fines is told.", _S + "damage"),
        Rule("SIGN-REG-01", _W, "本系统规则", "所指、类型、号码、朝向相同而相距很近的标志，疑为重复登记。",
             "Signs that show the same and stand very near: registered twice?", "placenames.signs.checks.check_signs"),
        Rule("SIGN-REG-02", _W, "本系统规则", "标志离所指的地名（街牌离道路）太远。",
             "A sign stands far from what it names.", "placenames.signs.checks.check_signs"),
        Rule("SIGN-REG-03", _W, "本系统规则", "同一地名的标志拼写不一。",
             "Signs of one name are spelled in several ways.", "placenames.signs.checks.check_signs"),
    ),
)  # fmt: skip

REGISTER: Final = (NAMES, SPELLING, SIGNS)


def rules() -> dict[str, Rule]:
    """All rules of this room by identifier."""
    return {rule.id: rule for chapter in REGISTER for rule in chapter.rules}


def page() -> str:
    """docs/name-rules.md."""
    parts = [
        "# 地名规则 Rules on place names\n",
        "本页由 `scripts/manage name_rules_doc` 生成，不要手工修改。Made from the register; do not edit by hand.\n",
        "`block` 不满足则不能进行该步；`warn` 须说明理由；`info` 仅提示。名单未载入的规则只说“未核对”，不说通过。",
        "A rule whose list is not loaded says “not checked”, never “passed”.\n",
    ]
    for chapter in REGISTER:
        parts.append(f"## {chapter.title_zh} {chapter.title_en}\n")
        rows = [
            f"| {one.id} | {one.severity.value} | {one.zh}{f'（{one.note}）' if one.note else ''}<br>{one.en}"
            f" | {one.basis} | `{one.implemented_by}` |"
            for one in chapter.rules
        ]
        head = "| 编号 id | 程度 weight | 规则 rule | 依据 basis | 实现 carried out by |\n| --- | --- | --- | --- | --- |"
        parts.append("\n".join([head, *rows]) + "\n")
    parts.append("## 须载入的名单 Lists to be loaded\n")
    parts.append("\n".join(f"- `{key}`：{title}" for key, title in naming.LISTS.items()) + "\n")
    return "\n".join(parts)
