"""Names for places that do not exist.

No township here bears the name of a real one in Henan, in this or another type (NAME-DUP-01, NAME-DUP-02), and no village the
name of one in Henan's village list of 2016; the tests hold both against the real lists.
"""

from __future__ import annotations

from collections.abc import Iterator

PREFECTURE = ("演示", "市")
COUNTY = ("舆和", "县")
NEIGHBOUR = ("邻和", "县")

# Key of a township-level division: its proper and its generic name.
TOWNSHIPS: dict[str, tuple[str, str]] = {
    "yuyang": ("舆阳", "街道"),
    "guantu": ("观图", "街道"),
    "yunduo": ("云垛", "镇"),
    "liaoxu": ("蓼溆", "镇"),
    "zheting": ("柘汀", "镇"),
    "jiuyuan": ("桕园", "镇"),
    "nanchou_town": ("南畴", "镇"),
    "chunping": ("椿坪", "乡"),
    "lanpo": ("岚坡", "乡"),
    "shinianping": ("石碾坪", "乡"),
    "qingruo": ("青箬", "乡"),
    "nanchou": ("南畴", "乡"),
    "weibo": ("苇泊", "乡"),
    "yuwu": ("榆坞", "回族乡"),
    "mailong": ("麦垄", "乡"),
    "shayu": ("沙屿", "乡"),
    "wangxiu": ("望岫", "乡"),
}


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


_COMMUNITIES = _words("量天 准绳 测山 方舆 画桥 浣溪 梧岗 鹭洲 晴川 稻香 槐荫 禾畴")

_BY_WATER = _words(
    "段渡 白渡 叶渡 邢渡 卢渡 舒渡 牛渡 岳堰 段堰 叶堰 邢堤 白堤 武堤 申堤 岳湾 单湾 裴湾 谭湾 姬湾 边湾 温湾 廖湾 古湾 "
    "卢桥 支桥 景桥 乔桥 薄桥 扈桥 耿桥 欧桥 庾桥 邢洼 侯洼 武洼 叶洼 白洼 尚洼 文洼 耿洼"
)

_IN_HILLS = _words(
    "段坡 焦坡 牛坡 乔坡 武坡 谷坡 岳坡 阎坡 鲍沟 景沟 仲沟 陆沟 詹沟 谭沟 龙沟 司沟 文沟 蒲坡 "
    " 焦窑 龙窑 阎窑 申窑 鹿窑 蒲沟 桂沟 桂坡"
)

_ON_PLAIN = _words(
    "舒楼 柯寨 甄营 简岗 裴集 岳店 司屯 卢坊 段堂 晏楼 艾寨 鲍营 霍岗 荣集 单店 岳屯 申坊 文堂 柯庄 蔺楼 卞寨 邬营 谷岗 单集 姬店 "
    "翟屯 牛坊 燕堂 荀庄 车楼 柏寨 管营 全岗 武集 翟店 谭屯 叶坊 翟堂 虞庄 褚楼 狄寨 莫营 宫岗 韶集 温店 边屯 蒲坊 娄楼 鹿寨 巴营 "
    "厉岗 索集 阎店 瞿屯 昝庄 荀楼 凌寨 班营 符岗 屠集 耿店 幸屯 虞楼 陆寨 宁营 谭岗 柴集 宿庄 翁楼 井寨 甘营 申岗 古集 怀庄 伊楼 "
    "仲寨 龙营 桑岗 满集 赖庄 景楼 栾寨 郜营 耿岗 莘庄 詹楼 祖寨 卓营 寇岗 贡庄 桂楼 黎寨 党营 姬岗 劳庄 冀楼 怀寨 冉营 易岗 寿庄 "
    "连楼 易寨 燕营 向岗 通庄 向楼 国寨 廖营 匡岗 浦庄 匡楼 舒寨 晏营 茹庄 满楼 晏屯 柴营 容庄 霍集 鲍岗 卓岗 桑营 满营 匡集"
)

_HILLY = frozenset({"chunping", "lanpo", "shinianping"})
_RIVERSIDE = frozenset({"weibo", "liaoxu", "zheting", "jiuyuan"})


class VillageNames:
    """Deals out each name once: hills and water are heard in the names of the villages that lie there."""

    def __init__(self) -> None:
        self._communities = iter(_COMMUNITIES)
        self._hills: Iterator[str] = iter(_IN_HILLS)
        self._water: Iterator[str] = iter(_BY_WATER)
        self._plain: Iterator[str] = iter(_ON_PLAIN)

    def community(self) -> str:
        """A proper name for an urban 社区."""
        return next(self._communities)

    def village(self, township: str, number: int) -> str:
        """A proper name for the village of that number in the township."""
        if township in _HILLY and number % 3:
            return next(self._hills)
        if township in _RIVERSIDE and number % 2:
            return next(self._water)
        return next(self._plain)
