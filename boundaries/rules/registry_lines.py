"""The chapter of the register on boundary lines and markers."""

from __future__ import annotations

from boundaries.rules.finding import Severity
from boundaries.rules.rule import Chapter, Rule

_BLOCK, _WARN, _INFO = Severity.BLOCK, Severity.WARN, Severity.INFO
_LINES = "行政区域界线管理条例"
_R = "boundaries.rules."

LINE_CHAPTERS: tuple[Chapter, ...] = (
    Chapter(
        "界线与界桩",
        "Boundary lines and markers",
        (
            Rule("BND-STK-01", _BLOCK, f"{_LINES}第六条；界桩管理办法第七条",
                 "移动界桩须有建设单位申请、各方同意、共同测绘、补充档案、备案。",
                 "Moving a marker takes the developer's application, all sides' agreement, a joint survey, the archive and filing.",
                 _R + "marker_acts.check_move", "界桩管理办法第七条以后未见全文。"),
            Rule("BND-STK-02", _BLOCK, f"{_LINES}第六条、第十六条第四项",
                 "修复界桩由管护责任方进行，其他方在场。",
                 "A marker is repaired by the side that keeps it, the other sides being present.",
                 _R + "marker_acts.check_repair"),
            Rule("BND-STK-03", _WARN, "GB/T 17796-2009（二手；分段为推定）",
                 "省级界线界桩号为4位界线号、3位顺序号（自001起）、1位类型码；A与B成对，C、D、E成组，Q单立。",
                 "On provincial lines: line (4 digits), serial (3, from 001), type letter; A with B, C with D and E, Q alone.",
                 _R + "marker_codes.check_marker_codes", "地级以下界线的编号方法未见，按本单位设定的格式核对，没有设定的不核对。"),
            Rule("BND-STK-04", _INFO, "GB/T 17796-2009（二手）",
                 "顺序号沿界线自西向东或自北向南递增。",
                 "Serials rise along the line from west to east or from north to south.",
                 _R + "marker_codes.check_order"),
            Rule("BND-STK-05", _WARN, "界桩位置核查；容差未见规定",
                 "实测位置与登记位置相差超过容差的，提示疑似移位。",
                 "Measured farther from the registered position than the tolerance: perhaps moved.",
                 _R + "markers.check_position", "容差为设置项 YUDI_MARKER_TOLERANCE_M，不是法规数值。"),
            Rule("BND-STK-06", _WARN, "GB/T 17796-2009（二手）；界桩登记表",
                 "方位物不少于3个，写明方位角、距离；按类型写明2处或3处所在地。",
                 "Three reference objects with azimuth and distance; two or three locations by kind.",
                 _R + "markers.check_registration"),
            Rule("BND-STK-07", _WARN, "界桩管理办法第四条",
                 "每个界桩写明管护责任方。",
                 "Each marker has a side that keeps it.",
                 _R + "markers.check_custody"),
            Rule("BND-LIN-01", _BLOCK, f"{_LINES}第九条",
                 "界线变更批准后，测绘、设桩、签订协议书、备案。",
                 "After a change of a line is approved: survey, markers, agreement, filing.",
                 _R + "line_duties.check_line_work"),
            Rule("BND-LIN-02", _WARN, f"{_LINES}第十四条",
                 "界线与两侧区划的边界一致，相差不超过容差。",
                 "The line is the edge of both divisions, within the tolerance.",
                 _R + "line_geometry.check_edge", "容差为设置项 YUDI_LINE_TOLERANCE_M，不是法规数值。"),
            Rule("BND-LIN-03", _BLOCK, "民函〔2023〕26号；界桩管理办法第五条第三项",
                 "三交点处三条界线坐标相同。",
                 "At a tri-point all three lines have the same coordinates.",
                 _R + "line_geometry.check_tri_point"),
            Rule("BND-USE-01", _BLOCK, f"{_LINES}第十条",
                 "跨界使用土地，事先经毗邻各方人民政府同意并备案。",
                 "Land used across a line: all adjoining governments agreed beforehand, and it is filed.",
                 _R + "line_duties.check_use"),
            Rule("BND-GEO-01", _WARN, "河南省地理位置（东经110°21′–116°39′，北纬31°23′–36°22′）",
                 "坐标在河南省范围内（邻省留余量）；经纬度疑似颠倒的提示，不自动对调。",
                 "Coordinates lie in Henan (with a margin for neighbours); axes that seem swapped are said, never swapped.",
                 "gis.crs.check_extent"),
        ),
    ),
)  # fmt: skip
