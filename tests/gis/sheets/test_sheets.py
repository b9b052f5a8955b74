"""Maps on paper: true to scale, readable, the same in both forms."""

from __future__ import annotations

import io
import struct
from datetime import date

import numpy as np
import pypdf
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from gis.crs import distance_m, three_degree_zone
from gis.sheets import Emphasis, Ground, Sheet, as_pdf, as_png
from gis.sheets.borders import borders
from gis.sheets.labels import Name, place
from gis.sheets.layout import PAPERS, lay_out, nice_ratio

DAY = date(2026, 3, 1)
HENAN = st.tuples(st.floats(110.4, 116.6), st.floats(31.4, 36.3), st.floats(0.002, 2.0), st.floats(0.002, 2.0))


def grounds(rows: int = 4, size: float = 0.1) -> list[Ground]:
    names = [
        "瀍河回族乡",
        "圪垱店乡",
        "麦垄乡",
        "望岫乡",
        "南畴镇",
        "舆阳街道",
        "柘汀镇",
        "枱园镇",
        "沙屿乡",
        "云垛镇",
        "苇泊乡",
        "青簪乡",
        "蓼溆镇",
        "椿坪乡",
        "榆坞乡",
        "观图街道",
    ]
    return [
        Ground(name, 4, shapely.box(114 + column * size, 33 + row * size, 114 + (column + 1) * size, 33 + (row + 1) * size))
        for name, (row, column) in zip(names, np.ndindex(rows, rows), strict=False)
    ]


def sheet(**changed: object) -> Sheet:
    one = grounds()
    one[5] = Ground("舆阳街道", 4, one[5].geometry, "（原舆阳镇）", Emphasis.CHANGED, seat=shapely.Point(114.15, 33.15))
    fields: dict[str, object] = {
        "title": "舆和县变更方案示意图",
        "grounds": tuple(one),
        "about": (one[5].geometry,),
        "notes": ("资料来源：试验。", "坐标系：2000国家大地坐标系。"),
        "made_on": DAY,
        "stamp": "内部使用",
        "words": {Emphasis.CHANGED: "拟变更的区划"},
    }
    return Sheet(**{**fields, **changed})  # type: ignore[arg-type]


@given(HENAN, st.sampled_from(sorted(PAPERS)))
def test_the_scale_bar_is_true_on_the_ground(where, paper):
    lon, lat, width, height = where
    layout = lay_out([shapely.box(lon, lat, lon + width, lat + height)], paper)
    bar = layout.scale_bar
    x, y = layout.frame.middle
    west, east = layout.to_degrees([(x - bar.length_mm / 2, y), (x + bar.length_mm / 2, y)])
    assert distance_m(west, east)[0] == pytest.approx(bar.ground_m, rel=0.005)
    assert 20 <= bar.length_mm <= 55.01
    # The ratio in words is that of the plane; in a 3-degree zone the ground differs from it by less than a thousandth.
    assert bar.ground_m * 1000 / bar.length_mm == pytest.approx(layout.ratio, rel=0.002)


@given(HENAN)
def test_all_that_the_map_is_about_lies_within_the_frame(where):
    lon, lat, width, height = where
    box = shapely.box(lon, lat, lon + width, lat + height)
    layout = lay_out([box])
    [drawn] = layout.to_paper(np.array([box], dtype=object))
    assert shapely.contains(layout.frame.polygon(), drawn)
    [(back_lon, back_lat)] = layout.to_degrees([tuple(shapely.get_coordinates(drawn)[0])])
    first = shapely.get_coordinates(box)[0]
    assert (back_lon, back_lat) == pytest.approx(tuple(first), abs=1e-7)


@pytest.mark.parametrize(("longitude", "srid"), [(111.2, 4546), (112.6, 4547), (114.0, 4547), (115.6, 4548)])
def test_the_zone_of_the_place(longitude, srid):
    assert three_degree_zone(longitude).srid == srid


@given(st.floats(500, 5e6))
def test_ratios_are_round_and_large_enough(needed):
    ratio = nice_ratio(needed)
    assert ratio >= needed * 0.999
    assert ratio <= needed * 1.6
    assert len(str(ratio).rstrip("0")) <= 2


names = st.lists(
    st.tuples(st.floats(0, 180), st.floats(0, 130), st.floats(1, 40), st.floats(4, 30), st.booleans()), min_size=1, max_size=40
)


@given(names)
def test_no_name_lies_over_another_and_none_is_lost_without_being_counted(rows):
    frame = shapely.box(0, 0, 200, 150)
    asked = [
        Name(number, width, 4, shapely.box(x, y, x + size, y + size), must=must)
        for number, (x, y, size, width, must) in enumerate(rows)
    ]
    placed, left_out = place(asked, frame, [shapely.box(180, 0, 200, 20)])
    boxes = [shapely.box(one.left, one.top, one.left + one.width, one.top + one.height) for one in placed]
    for number, one in enumerate(boxes):
        assert shapely.covers(frame, one)
        assert not any(shapely.intersection(one, other).area > 1e-6 for other in boxes[:number])
    assert len(placed) + left_out == len(rows)
    assert all(one.lead is None for one in placed if not asked[one.key].must)


def test_a_small_unit_that_must_be_named_gets_a_lead_line():
    small = Name(0, 20, 4, shapely.box(50, 50, 51, 51), must=True)
    [placed], left_out = place([small], shapely.box(0, 0, 200, 150))
    assert placed.lead is not None and left_out == 0


def test_each_edge_is_drawn_once_by_its_highest_rank():
    county = shapely.box(10, 10, 90, 90)
    towns = [shapely.box(10, 10, 50, 90), shapely.box(50, 10, 90, 90)]
    lines = borders([(3, county), *((4, one) for one in towns)], shapely.box(0, 0, 100, 100))
    assert lines[3].length == pytest.approx(320)
    assert lines[4].length == pytest.approx(80, abs=1)


def test_pdf_has_its_fonts_and_its_text():
    page = pypdf.PdfReader(io.BytesIO(as_pdf(sheet()))).pages[0]
    text = page.extract_text()
    for words in (
        "舆和县变更方案示意图",
        "内部使用",
        "圪垱店乡",
        "瀍河回族乡",
        "（原舆阳镇）",
        "拟变更的区划",
        "乡级界",
        "比例尺",
        "千米",
        "北",
    ):
        assert words in text, words
    fonts = [font.get_object() for font in page["/Resources"]["/Font"].values()]
    assert fonts
    for font in fonts:
        described = (font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font)[
            "/FontDescriptor"
        ].get_object()
        assert {"/FontFile", "/FontFile2", "/FontFile3"} & described.keys(), f"{font['/BaseFont']} is not embedded"
        assert "NotoSansCJKsc" in font["/BaseFont"]
    assert sorted(float(side) for side in page.mediabox[2:]) == pytest.approx([210 * 72 / 25.4, 297 * 72 / 25.4], abs=0.5)


def test_vector_not_picture():
    resources = pypdf.PdfReader(io.BytesIO(as_pdf(sheet()))).pages[0]["/Resources"]
    images = [one for one in resources.get("/XObject", {}).values() if one.get_object().get("/Subtype") == "/Image"]
    assert images == []


@pytest.mark.parametrize("paper", ["a4", "a3"])
def test_png_has_300_dots_per_inch(paper):
    data = as_png(sheet(paper=paper))
    width, height = struct.unpack(">II", data[16:24])
    short, long = PAPERS[paper]
    assert sorted((width, height)) == [round(short * 300 / 25.4), round(long * 300 / 25.4)]
    kind, across, down, unit = data[37:41], *struct.unpack(">IIB", data[41:50])
    assert (kind, across, down, unit) == (b"pHYs", 11811, 11811, 1)


def test_the_same_drawing_gives_the_same_bytes():
    assert as_pdf(sheet()) == as_pdf(sheet())
    assert as_png(sheet()) == as_png(sheet())


def test_without_any_shape_a_table_says_so():
    rows = tuple(
        Ground("甲乡", 4, None, emphasis=Emphasis.CHANGED, facts=("甲乡", "乡", "丙县", "410000200", "拟改为甲镇", "无"))
        for _ in "ab"
    )
    one = sheet(grounds=rows, about=(), columns=("区划", "建制类型", "上级", "代码", "变更", "范围资料"))
    text = pypdf.PdfReader(io.BytesIO(as_pdf(one))).pages[0].extract_text()
    assert "没有范围资料" in text and "拟改为甲镇" in text and "比例尺" not in text
    assert as_png(one)[:4] == b"\x89PNG"


def test_units_without_shape_are_named_beside_a_map():
    one = sheet()
    extra = Ground("无图乡", 4, None, emphasis=Emphasis.CHANGED, facts=("无图乡",))
    text = pypdf.PdfReader(io.BytesIO(as_pdf(sheet(grounds=(*one.grounds, extra))))).pages[0].extract_text()
    assert "无图乡" in text


def test_a_public_map_carries_its_number_and_no_stamp():
    text = pypdf.PdfReader(io.BytesIO(as_pdf(sheet(stamp="", approval="审图号：豫S〔2026〕001号")))).pages[0].extract_text()
    assert "审图号：豫S〔2026〕001号" in text and "内部使用" not in text
