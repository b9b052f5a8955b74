"""Which reference system: from statements, from numbers, from known boundaries; and saying so when it cannot be told."""

from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.crs import REFERENCE_SYSTEMS, CrsDecision, Outlines, decide_crs
from gis.crs.fitting import compare, sampled
from gis.crs.gcj02 import gcj02_to_wgs84, wgs84_to_bd09, wgs84_to_gcj02
from tests.shared import SHARED, read_features, requires_shared

PRJ = sorted((SHARED / "prj_samples").glob("*.prj"))
GAUSS_KRUGER = [system for system in REFERENCE_SYSTEMS.values() if system.kind == "projected" and "Gauss" in system.name_en]


def circle(lon: float = 113.6, lat: float = 34.2, count: int = 400) -> np.ndarray:
    """Vertices (n, 2) in degrees of something round about 40 km across."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    wobble = 0.2 + 0.03 * np.sin(7 * angle)
    return np.column_stack((lon + wobble * np.cos(angle), lat + wobble * np.sin(angle)))


def outlines(places: np.ndarray) -> Outlines:
    return Outlines(np.array([shapely.Polygon(places)], dtype=object))


def projected(places: np.ndarray, srid: int) -> np.ndarray:
    return np.column_stack(pyproj.Transformer.from_crs(4490, srid, always_xy=True).transform(places[:, 0], places[:, 1]))


def code(decision: CrsDecision) -> str | None:
    return decision.reading.key if decision.reading else None


class TestStatements:
    @requires_shared
    @pytest.mark.parametrize("path", PRJ, ids=lambda path: path.stem.split("_")[0])
    def test_what_a_prj_says_is_taken_where_the_numbers_allow_it(self, path) -> None:
        srid = int(path.stem.split("_")[0].removeprefix("epsg"))
        lon = {4546: 111.4, 4525: 111.4, 4497: 111.4, 32649: 111.4, 4548: 116.0, 4527: 116.0, 4498: 116.0, 32650: 116.0}.get(
            srid, 113.6
        )
        decision = decide_crs(path.read_text("utf-8"), "file", projected(circle(lon), srid))
        assert (code(decision), decision.confidence, decision.how) == (f"EPSG:{srid}", "likely", "file")

    @pytest.mark.parametrize("how", ["esri", "ogc"])
    @pytest.mark.parametrize("srid", [4490, 4547, 4526, 2383])
    def test_both_forms_of_wkt(self, srid: int, how: str) -> None:
        version = "WKT1_ESRI" if how == "esri" else "WKT1_GDAL"
        text = pyproj.CRS.from_epsg(srid).to_wkt(version)
        assert code(decide_crs(text, "file", projected(circle(), srid))) == f"EPSG:{srid}"

    def test_a_statement_the_numbers_rule_out(self) -> None:
        decision = decide_crs("EPSG:4490", "file", projected(circle(), 4526))
        assert (code(decision), decision.contradicted) == (None, True)
        assert [one.key for one in decision.alternatives] == ["EPSG:4526", "EPSG:2362", "EPSG:2414"]

    def test_latitude_first(self) -> None:
        decision = decide_crs("EPSG:4490", "file", circle()[:, ::-1])
        assert (code(decision), decision.confidence) == ("EPSG:4490 yx", "likely")

    def test_elsewhere_the_statement_stands(self) -> None:
        assert code(decide_crs("EPSG:4326", "file", circle(-100.0, 40.0))) == "EPSG:4326"
        assert code(decide_crs("EPSG:4326", "standard", circle(-100.0, 40.0))) == "EPSG:4326"

    def test_words_that_are_no_system(self) -> None:
        decision = decide_crs('LOCAL_CS["CAD"]', "file", circle())
        assert decision.stated is None
        assert decision.confidence == "undetermined"
        assert decision.findings[0].what == "statement"


class TestNumbers:
    @pytest.mark.filterwarnings("ignore:You will likely lose important projection information")
    @pytest.mark.parametrize("system", GAUSS_KRUGER, ids=lambda system: system.key)
    def test_every_zone_of_henan_is_among_what_is_possible(self, system) -> None:
        """With a zone number in front only the datum is open; without, the meridian is too."""
        meridian = float(pyproj.CRS.from_epsg(system.srid).to_dict()["lon_0"])
        places = projected(circle(min(max(meridian, 110.8), 116.2)), system.srid)
        decision = decide_crs("", "", places)
        offered = {one.key for one in decision.alternatives} | ({decision.reading.key} if decision.reading else set())
        assert system.key in offered
        assert decision.needs_person, "nothing is decided silently"
        if places[:, 0].min() > 1e6:
            assert decision.reading is not None
            assert decision.reading.system.datum == "cgcs2000"
            assert {one.system.datum for one in decision.alternatives} == {"xian1980", "beijing1954"}

    def test_degrees_alone_never_tell_cgcs2000_from_gcj02(self) -> None:
        decision = decide_crs("EPSG:4326", "standard", circle())
        assert decision.confidence == "undetermined"
        assert {"EPSG:4326", "EPSG:4490", "gcj02", "bd09"} <= {one.key for one in decision.alternatives}
        assert any(one.what == "register" for one in decision.findings)

    def test_a_stray_vertex_decides_nothing(self) -> None:
        places = np.vstack((projected(circle(), 4526), [[0.0, 0.0]]))
        assert code(decide_crs("", "", places)) == "EPSG:4526"

    @pytest.mark.parametrize("places", [np.empty((0, 2)), np.full((3, 2), np.nan), np.full((3, 2), np.inf), np.full((3, 2), 1e308)])
    def test_no_numbers(self, places: np.ndarray) -> None:
        assert decide_crs("", "", places).reading is None
        assert decide_crs("", "", places, outlines(circle())).reading is None

    @settings(max_examples=40)
    @given(
        st.lists(st.tuples(st.floats(), st.floats()), max_size=40), st.sampled_from(["", "EPSG:4326", "EPSG:4547", "gcj02", "x"])
    )
    def test_any_numbers_are_decided_or_not(self, places: list[tuple[float, float]], statement: str) -> None:
        known = outlines(circle())
        for speaker in ("file", "standard", ""):
            decision = decide_crs(statement, speaker, np.array(places).reshape(-1, 2), known)
            assert (decision.reading is None) == (decision.confidence == "undetermined")


class TestBoundaries:
    """Against known boundaries each of the three is recognised, and nothing else is."""

    SHIFTS = {"EPSG:4326": lambda x, y: (x, y), "gcj02": wgs84_to_gcj02, "bd09": wgs84_to_bd09}

    @pytest.mark.parametrize("truth", SHIFTS)
    @pytest.mark.parametrize("stated", ["EPSG:4326", ""])
    def test_shifted_coordinates(self, truth: str, stated: str) -> None:
        places = circle()
        decision = decide_crs(stated, "file" if stated else "", np.column_stack(self.SHIFTS[truth](*places.T)), outlines(places))
        expected = "EPSG:4490" if truth == "EPSG:4326" and not stated else truth
        assert (code(decision), decision.how) == (expected, "register")
        assert decision.contradicted == bool(stated and truth != "EPSG:4326")
        assert decision.confidence == ("certain" if stated and truth == "EPSG:4326" else "likely")
        assert decision.reading is not None
        assert decision.reading.fit is not None
        assert decision.reading.fit.residual_m < 1.0

    @pytest.mark.parametrize("truth", SHIFTS)
    def test_a_coarser_drawing_of_the_same_boundary(self, truth: str) -> None:
        """The other source has a hundred metres of noise and a tenth of the vertices."""
        rough = circle(count=120) + np.random.default_rng(1).normal(0, 0.001, (120, 2))
        decision = decide_crs("EPSG:4326", "standard", np.column_stack(self.SHIFTS[truth](*circle().T)), outlines(rough))
        assert code(decision) == truth

    def test_the_meridian_is_found_and_the_datum_is_asked(self) -> None:
        places = circle()
        rough = places + np.random.default_rng(1).normal(0, 0.001, places.shape)
        decision = decide_crs("", "", projected(places, 4547), outlines(rough))
        assert (code(decision), decision.confidence, decision.how) == ("EPSG:4547", "possible", "register")

    def test_boundaries_of_something_else_prove_nothing(self) -> None:
        assert decide_crs("EPSG:4326", "standard", circle(113.6), outlines(circle(115.0))).reading is None
        scattered = np.random.default_rng(2).uniform((113.0, 33.8), (114.0, 34.6), (500, 2))
        assert decide_crs("EPSG:4326", "standard", scattered, outlines(circle())).reading is None

    def test_a_handful_of_vertices_proves_nothing(self) -> None:
        places = circle(count=400)
        assert decide_crs("EPSG:4326", "standard", places[:20], outlines(places)).reading is None

    def test_vertices_off_the_boundaries_are_left_out(self) -> None:
        """Townships share only their outer borders with the counties."""
        places = circle()
        inner = np.random.default_rng(3).uniform((113.55, 34.15), (113.65, 34.25), (2000, 2))
        shifted = np.column_stack(wgs84_to_gcj02(*np.vstack((places, inner)).T))
        assert code(decide_crs("EPSG:4326", "standard", shifted, outlines(places))) == "gcj02"


@requires_shared
class TestRealSources:
    """The two sources in GCJ-02 are recognised against Tianditu without being told, and Tianditu is not taken for GCJ-02."""

    TIANDITU = "boundaries_tianditu_cgcs2000/henan_district.geojson"
    GAODE = "boundaries_gaode_2018_gcj02/henan_county_gcj02.geojson"
    CNMAPS = "boundaries_cnmaps_2023/henan_county_gcj02.geojson"

    def vertices(self, path: str) -> np.ndarray:
        return np.asarray(shapely.get_coordinates(read_features(path)[1]))

    def known(self, path: str, *, shifted: bool) -> Outlines:
        shapes = read_features(path)[1]
        if shifted:
            shapes = shapely.transform(shapes, lambda places: np.column_stack(gcj02_to_wgs84(places[:, 0], places[:, 1])))
        return Outlines(shapes)

    @pytest.mark.parametrize("path", [GAODE, CNMAPS])
    def test_gcj02_is_recognised(self, path: str) -> None:
        decision = decide_crs("EPSG:4326", "standard", self.vertices(path), self.known(self.TIANDITU, shifted=False))
        assert (code(decision), decision.confidence) == ("gcj02", "likely")
        residuals = {one.key: one.fit.residual_m for one in decision.alternatives if one.fit}
        assert decision.reading is not None
        assert decision.reading.fit is not None
        assert decision.reading.fit.residual_m < 150 < 300 < residuals["EPSG:4326"] < residuals["bd09"]

    @pytest.mark.parametrize("other", [GAODE, CNMAPS])
    def test_tianditu_is_not(self, other: str) -> None:
        known = self.known(other, shifted=True)
        assert code(decide_crs("EPSG:4326", "standard", self.vertices(self.TIANDITU), known)) == "EPSG:4326"
        decision = decide_crs("EPSG:4490", "file", self.vertices(self.TIANDITU), known)
        assert (code(decision), decision.confidence) == ("EPSG:4490", "certain")

    @pytest.mark.parametrize("path", [GAODE, CNMAPS])
    def test_single_counties_are_recognised_or_left_open(self, path: str) -> None:
        """Never wrongly taken for another; nine in ten (here of every fourth) are told from their own outline alone."""
        known = self.known(self.TIANDITU, shifted=False)
        found = [
            code(decide_crs("EPSG:4326", "standard", shapely.get_coordinates(shape), known))
            for shape in read_features(path)[1][::4]
        ]
        assert set(found) <= {"gcj02", None}
        assert found.count("gcj02") > 0.9 * len(found)


def test_samples_are_bounded_and_always_the_same() -> None:
    places = np.random.default_rng(0).uniform(0, 1, (50_000, 2))
    assert len(sampled(places)) == 2_000
    assert np.array_equal(sampled(places), sampled(places))


def test_nothing_to_compare() -> None:
    assert compare({}, outlines(circle())).best is None
    assert not Outlines(np.array([None, shapely.Polygon()], dtype=object))
