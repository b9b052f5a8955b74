"""What can be wrong with a track: weight, sentence in Chinese and in English. Sentences name no place; the finding does."""

from __future__ import annotations

from typing import Final

from importers.severities import ERROR, WARNING

TRACKS: Final[dict[str, tuple[str, str, str]]] = {
    # --- the file
    "truncated": (
        ERROR,
        "文件不完整，在这里中断；之前的内容已读取，之后的丢失了。",
        "The file breaks off here; what stands before it was read, what followed is lost.",
    ),
    "broken": (
        ERROR,
        "文件从这里起不合格式（{reason}）；之前的内容已读取，之后的没有读。",
        "From here on the file does not follow its format ({reason}); what stands before it was read, the rest was not.",
    ),
    "encoding_conflict": (
        WARNING,
        "编码声明（{declared}）与内容不符，按 {actual} 读取。",
        "The declared encoding ({declared}) does not fit the bytes; read as {actual}.",
    ),
    "encoding_unknown": (
        WARNING,
        "文件声明的编码“{declared}”不认识，按 {actual} 读取。",
        "The declared encoding “{declared}” is unknown; read as {actual}.",
    ),
    "text_undecodable": (
        ERROR,
        "有字节不是 {encoding} 文字，显示为 �。",
        "There are bytes that are no text in {encoding}; they show as �.",
    ),
    "archive_member_refused": (
        ERROR,
        "压缩包里的“{name}”不能使用：{reason_zh}",
        "“{name}” in the archive cannot be used: {reason_en}",
    ),
    "nothing_found": (ERROR, "文件里没有轨迹点，也没有航点。", "The file has neither track points nor waypoints."),
    "network_link": (
        WARNING,
        "文件引用了网络或其他文件的内容，没有去取。",
        "The file refers to content elsewhere; it was not fetched.",
    ),
    "other_documents": (
        WARNING,
        "压缩包里还有 {count} 个 KML 文件，只读了 {name}。",
        "The archive has {count} more KML files; only {name} was read.",
    ),
    "extra_coordinates": (
        WARNING,
        "一个点只能有经度、纬度和高程，多出的“{value}”未采用。",
        "A point has a longitude, a latitude and an elevation; what is more in “{value}” was left out.",
    ),
    "area_left_out": (WARNING, "文件里的面不是轨迹，未读取。", "Areas in the file are no tracks and were left out."),
    "checksum": (
        WARNING,
        "校验和不符，文件可能在传输中损坏；内容照读。",
        "A checksum does not fit; the file may have been damaged on its way. Its content was read.",
    ),
    "sentence_damaged": (
        ERROR,
        "语句“{value}”校验和不符或不完整，未采用。",
        "The sentence “{value}” has a wrong checksum or is incomplete; it was left out.",
    ),
    "header_damaged": (
        WARNING,
        "文件头损坏；内容照读。",
        "The header of the file is damaged; its content was read.",
    ),
    "line_unknown": (WARNING, "看不懂的行“{value}”，略过。", "The line “{value}” is not understood and was skipped."),
    "too_long": (WARNING, "文字过长，只保留前 {limit} 字。", "A text is too long; its first {limit} characters were kept."),
    # --- positions
    "without_position": (
        ERROR,
        "{count} 个点没有位置，未列入轨迹。",
        "{count} points have no position and are in no segment.",
    ),
    "coordinate_unreadable": (
        ERROR,
        "坐标“{value}”不是数，这个点没有位置。",
        "The coordinates “{value}” are no numbers; the point has no position.",
    ),
    "decimal_comma": (
        WARNING,
        "坐标“{value}”用逗号作小数点，按小数读取，请核对。",
        "The coordinates “{value}” have a decimal comma; they were read as decimals, please check.",
    ),
    "position_out_of_range": (
        ERROR,
        "坐标（{lon}, {lat}）超出经纬度范围，原样保留，不能使用。",
        "The coordinates ({lon}, {lat}) are out of range; kept as they are, they cannot be used.",
    ),
    "axes_swapped": (
        WARNING,
        "经度和纬度像是写反了，没有对调。",
        "Longitude and latitude seem to be exchanged; they were not turned round.",
    ),
    "position_zero": (
        ERROR,
        "坐标为 0, 0，接收机当时没有定位；原样保留，不能使用。",
        "The coordinates are 0, 0: the receiver had no fix. Kept as they are, they cannot be used.",
    ),
    "jump": (
        WARNING,
        "从上一点跳了 {distance_km} 千米{speed_zh}，可能是定位错误。",
        "A jump of {distance_km} km from the point before{speed_en}; the position may be wrong.",
    ),
    "duplicate_point": (
        WARNING,
        "与前面的点时间、位置完全相同。",
        "The point has the same time and position as one before it.",
    ),
    # --- numbers
    "number_unreadable": (
        ERROR,
        "{field}“{value}”不是数，未采用。",
        "The {field} “{value}” is no number and was left out.",
    ),
    "unit_unknown": (
        WARNING,
        "列“{field}”没有注明单位，未采用。",
        "The column “{field}” names no unit and was left out.",
    ),
    # --- times
    "time_unreadable": (ERROR, "时间“{value}”无法识别，未采用。", "The time “{value}” is not understood and was left out."),
    "time_without_zone": (
        WARNING,
        "时间没有注明时区（第一个是 {value}），按设备钟面保留，不知道是北京时间还是 UTC。",
        "The times (the first is {value}) name no zone; kept as the clock showed them, be it Beijing time or UTC.",
    ),
    "time_without_date": (
        WARNING,
        "时间没有日期，无法换算，未采用。",
        "The times have no date and cannot be placed; they were left out.",
    ),
    "time_since_start": (
        WARNING,
        "时间是设备开机后的秒数，不是日期，未采用。",
        "The times are seconds since the device was switched on, no dates; they were left out.",
    ),
    "time_missing": (
        WARNING,
        "轨迹段里的点数（{points}）与时间数（{times}）不符，缺的留空。",
        "The segment has {points} points and {times} times; the missing ones stay empty.",
    ),
    "time_backwards": (
        WARNING,
        "时间倒退 {seconds} 秒，点的顺序没有改动。",
        "The time goes back by {seconds} s; the order of the points was not changed.",
    ),
    "time_in_future": (WARNING, "时间 {value} 在将来，设备时钟不对。", "The time {value} is in the future; the clock was wrong."),
    "time_before_gps": (
        WARNING,
        "时间 {value} 早于 1980 年，设备时钟没有对时。",
        "The time {value} is before 1980; the clock had not been set.",
    ),
    "week_rollover": (
        WARNING,
        "时间 {value} 在 1024 周以前；若接收机周数溢出，实际是 {shifted}。没有改动。",
        "The time {value} is more than 1024 weeks ago; after a week-number rollover it would be {shifted}. It was not changed.",
    ),
    "local_as_utc": (
        WARNING,
        "时间写作 UTC，但{why_zh}，可能写的是本地时间（差 {hours} 小时）。没有改动。",
        "The times are written as UTC, but {why_en}; they may be local time ({hours} h off). They were not changed.",
    ),
}
