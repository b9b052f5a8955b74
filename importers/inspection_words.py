"""What can be wrong with a file that is looked at: weight, sentence in Chinese and in English; told by `importers.problems`."""

from __future__ import annotations

from typing import Final

from importers.severities import ERROR, WARNING

INSPECTION: Final[dict[str, tuple[str, str, str]]] = {
    "refused": (ERROR, "{zh}", "{en}"),
    "inspection_too_slow": (
        ERROR,
        "读取“{name}”超过 {seconds} 秒，已中止。",
        "Reading “{name}” took more than {seconds} seconds and was stopped.",
    ),
    "inspection_too_large": (
        ERROR,
        "读取“{name}”需要的内存超过 {mb} MB，已中止。",
        "Reading “{name}” needed more than {mb} MB of memory and was stopped.",
    ),
    "reader_failed": (
        ERROR,
        "读取“{name}”时程序出错，已记录；请把文件交给管理员查看。",
        "The reader failed on “{name}”; this was logged. Please give the file to an administrator.",
    ),
    "layer_empty": (WARNING, "这个图层里没有数据。", "There is nothing in this layer."),
    "geometry_missing": (WARNING, "这一行没有图形。", "This row has no geometry."),
    "all_without_geometry": (WARNING, "全部 {count} 行都没有图形。", "None of the {count} rows has a geometry."),
    "mixed_geometry": (
        WARNING,
        "同一图层里有不同类型的图形：{kinds}。",
        "The layer has geometries of different kinds: {kinds}.",
    ),
    "heights_dropped": (
        WARNING,
        "图形带有高程或度量值（{type}），只采用平面位置。",
        "The geometries have heights or measures ({type}); only the position is used.",
    ),
    "duplicate_geometry": (
        WARNING,
        "图形与第 {first} 行完全相同。",
        "The geometry is exactly that of row {first}.",
    ),
    "crs_undetermined": (
        WARNING,
        "坐标系无法确定，可能是：{codes}。请在地图上比对后选择，系统不会代为决定。",
        "The reference system cannot be told; it may be {codes}. Compare on the map and choose; nothing is decided silently.",
    ),
    "crs_to_confirm": (
        WARNING,
        "坐标系像是 {code}，但也可能是：{codes}。请确认。",
        "The reference system seems to be {code}, but may also be {codes}. Please confirm.",
    ),
    "crs_contradicted": (
        WARNING,
        "文件写明的坐标系 {stated} 与坐标不符，按比对应为 {code}。",
        "The coordinates are not in {stated} as the file says; by comparison they are in {code}.",
    ),
    "crs_assumed": (
        WARNING,
        "文件没有写明坐标系，按格式的标准取 {code}；没有可供比对的登记界线，无法排除 GCJ-02、BD-09（加偏约 500 至 1200 米）。"
        "请核对，不对时用 --crs 指定。",
        "The file does not state its reference system; {code} was taken by the standard of its format. There is no boundary to"
        " compare with, so GCJ-02 and BD-09 (500 to 1,200 m off) cannot be ruled out. Check, and give --crs where it is wrong.",
    ),
    "crs_against_evidence": (
        WARNING,
        "按指定的坐标系 {used} 处理，但与登记的界线比对更像 {code}（离界线的中位距离：前者 {far} 米，后者 {near} 米）。请核对。",
        "{used} was used as given, but by comparison the file is in {code} (median distance to boundaries of the register: {far} m"
        " against {near} m). Please check.",
    ),
    "crs_impossible": (
        WARNING,
        "坐标系 {stated} 与坐标的数值不符。",
        "The coordinates cannot be in {stated} as is said.",
    ),
    "crs_link_not_followed": (
        WARNING,
        "文件里的坐标系是一个网址，系统不会去取。",
        "The file gives an address in place of a reference system; it was not fetched.",
    ),
    "network_link_not_followed": (
        WARNING,
        "文件里有 {count} 个网络链接（NetworkLink），没有去取。",
        "The file has {count} network links; none was followed.",
    ),
    "part_of_shapefile": (
        WARNING,
        "这是 Shapefile“{name}”的属性表，图形在同名的 .shp 里。",
        "This is the table of the Shapefile “{name}”; its geometry is in the .shp of the same name.",
    ),
}
