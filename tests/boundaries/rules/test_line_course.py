"""A course is put into words and read again; texts as people write them are compared with the ground."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.line_course import Leg, Section, compare, in_words, read

GROUND = (
    Section("001", "002", (Leg(45, 1250), Leg(90, 830))),
    Section("002", "003", (Leg(135, 2300),)),
    Section("003", "", (Leg(180, 400),)),
)


def differences(text):
    return [(one.code, one.section) for one in compare(GROUND, read(text))]


def test_what_was_written_is_read_and_agrees():
    text = in_words(GROUND)
    assert text.splitlines()[1] == "自001号界桩起，界线向东北行1.25千米，折向东行830米，至002号界桩。"
    reading = read(text)
    assert reading.unread == () and reading.total_m == 4780
    assert compare(GROUND, reading) == []


def test_a_text_as_people_write_it():
    text = (
        "界线从001号界桩起，沿小河中心线向东北方向行进约1.3公里至老石桥，再折向正东行约八百米，到002号界桩；"
        "由002号界桩沿山脊向西南延伸2300米至003号界桩，再向南400m至终点。"
    )
    found = differences(text)
    assert ("distance_unread", "001–002") in found  # 八百米 is said not to be read, not guessed
    assert ("direction_differs", "002–003") in found
    assert not [one for one in found if one[0] == "distance_differs"]


def test_distances_markers_and_the_whole_length():
    text = "全长5千米。自001号界桩向东北行900米，折向东行830米，至002号界桩。自002号界桩向东南行2.3千米至004号界桩。此处有石碑。"
    found = differences(text)
    assert ("total_differs", "") in found and ("distance_differs", "001–002") in found
    assert ("marker_unknown", "004") in found and ("marker_not_named", "003") in found
    assert read(text).unread == ("此处有石碑",)


def test_a_text_that_passes_markers_over_is_compared_over_the_whole_stretch():
    ground_metres = 1250 + 830 + 2300
    assert differences(f"自001号界桩向东行{ground_metres}米至003号界桩，向南行400米至终点。") == [("marker_not_named", "002")]


LEGS = st.lists(st.builds(Leg, st.floats(0, 359.9), st.floats(20, 50_000)), min_size=1, max_size=5).map(tuple)


@settings(max_examples=40)
@given(st.lists(LEGS, min_size=1, max_size=6))
def test_any_course_agrees_with_its_own_words(courses):
    sections = [Section(f"{at:03d}", f"{at + 1:03d}", legs) for at, legs in enumerate(courses, 1)]
    reading = read(in_words(sections))
    assert compare(sections, reading) == [] and reading.unread == ()
