"""What looks wrong, in plain words: code → sentence in Chinese and in English."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, tuple[str, str]]] = {
    "gcj02_shift": (
        "“{track}”整体向{side_zh}偏了约 {shift} 米，像是导航地图的加密坐标（GCJ-02）。按 GCJ-02 换算后离界线的中位"
        "距离由 {before} 米变为 {after} 米，"
        "可覆盖界线的 {share}%。没有改动；确认后请按 GCJ-02 换算再匹配。",
        "“{track}” lies about {shift} m to the {side_en} as a whole, like coordinates of a web map (GCJ-02). "
        "Converted, its median distance from "
        "the line falls from {before} m to {after} m and it covers {share}% of the line. Nothing was changed; if "
        "it is so, match it again as GCJ-02.",
    ),
    "bd09_shift": (
        "“{track}”整体向{side_zh}偏了约 {shift} 米，像是百度地图坐标（BD-09）。按 BD-09 换算后离界线的中位距离由 "
        "{before} 米变为 {after} 米，"
        "可覆盖界线的 {share}%。没有改动；确认后请按 BD-09 换算再匹配。",
        "“{track}” lies about {shift} m to the {side_en} as a whole, like coordinates of Baidu maps (BD-09). "
        "Converted, its median distance from "
        "the line falls from {before} m to {after} m and it covers {share}% of the line. Nothing was changed; if "
        "it is so, match it again as BD-09.",
    ),
    "off_line": (
        "“{track}”没有一处进入容差范围，离界线最近约 {nearest} 米，可能选错了界线或文件。",
        "“{track}” is nowhere within the tolerance; nearest to the line it is about {nearest} m off. It may be the "
        "wrong line or file.",
    ),
    "not_along": (
        "“{track}”只是横穿界线、停在原地，或连续沿界线走的不到 {shortest} 米，不计入覆盖。",
        "“{track}” only crosses the line, stands still, or goes along it for less than {shortest} m at a time; it covers nothing.",
    ),
    "clock_future": (
        "“{track}”的时间到 {time} 为止，比现在晚，设备时钟不对。",
        "“{track}” ends at {time}, later than now; the clock of the device was wrong.",
    ),
    "clock_stands": (
        "“{track}”所有点的时间都是 {time}，不是边走边记的时间，可能是软件画的线或改过的文件；看不出是哪天走的。",
        "All points of “{track}” have the time {time}: it was not written while walking; a program may have drawn or changed it. "
        "It does not say on which day it was walked.",
    ),
    "clock_years": (
        "“{track}”的时间是 {time}，与{reference_zh}相差约 {days} 天，设备日期不对。",
        "“{track}” is of {time}, about {days} days from {reference_en}; the date of the device was wrong.",
    ),
    "clock_rollover": (
        "“{track}”的时间是 {time}，在 1024 周以前；若是老接收机的周数归零，实际是 {shifted}。没有改动。",
        "“{track}” is of {time}, more than 1024 weeks ago; after the week-number rollover of an old receiver it "
        "would be {shifted}. Nothing was changed.",
    ),
    "clock_unset": (
        "“{track}”的时间是 {time}，设备时钟没有对时。",
        "“{track}” is of {time}; the clock of the device had not been set.",
    ),
    "clock_8_hours": (
        "“{track}”的时间与{reference_zh}相差约 {hours} 小时，像是把北京时间当成了世界时（或相反）。没有改动。",
        "“{track}” is about {hours} h from {reference_en}, as if Beijing time had been taken for UTC (or the other "
        "way). Nothing was changed.",
    ),
    "clock_ahead": (
        "“{track}”的时间到 {time} 为止，比收到时还晚约 {hours} 小时，像是把北京时间记成了世界时。没有改动。",
        "“{track}” ends at {time}, about {hours} h after it arrived, as if Beijing time had been written as UTC. "
        "Nothing was changed.",
    ),
    "walked_at_night": (
        "“{track}”按北京时间是夜里走的（{start}—{end}）；若不是夜间联检，时钟差了 8 小时。没有改动。",
        "“{track}” was walked at night by Beijing time ({start}–{end}); if it was no night inspection, the clock "
        "was 8 hours off. Nothing was changed.",
    ),
    "time_without_zone": (
        "“{track}”的时间没有注明时区，按设备钟面显示。",
        "The times of “{track}” name no zone; they are shown as the clock showed them.",
    ),
    "no_times": (
        "“{track}”没有时间，只能说明走过哪里，不能说明何时。",
        "“{track}” has no times: it tells where somebody went and not when.",
    ),
    "some_times_missing": (
        "“{track}”有 {count} 个点没有时间（共 {total} 个）。",
        "{count} of the {total} positions of “{track}” have no time.",
    ),
    "times_out_of_order": (
        "“{track}”的点没有按时间先后排列，已按时间排序后匹配；原文件没有改动。",
        "The positions of “{track}” were not in the order of time; they were matched in that order, and the file was not changed.",
    ),
    "jumps": (
        "“{track}”有 {count} 处位置跳变（最远 {distance} 米），跳开的部分不计。",
        "“{track}” jumps {count} times (by {distance} m at most); what lies between is not counted.",
    ),
    "impossible_speed": (
        "“{track}”有一段速度达每小时 {speed} 千米，不可能是在走界线。",
        "“{track}” goes at {speed} km/h in places; nobody walks a line so fast.",
    ),
    "too_few_points": (
        "“{track}”只有 {count} 个可用的点，说明不了什么。",
        "“{track}” has only {count} usable positions, which prove little.",
    ),
    "same_bytes": ("“{track}”与“{other}”是同一个文件。", "“{track}” and “{other}” are the same file."),
    "same_points": (
        "“{track}”与“{other}”是同一条轨迹的两份（点的位置相同），可能是同一次行走的两种格式。",
        "“{track}” and “{other}” hold the same positions: one walk saved twice, perhaps in two formats.",
    ),
    "line_has_gaps": (
        "界线图形有 {count} 处断开，共 {metres} 米；断开处不计里程，也不算覆盖。",
        "The line has {count} gaps of {metres} m together; they count neither as chainage nor as covered.",
    ),
}
