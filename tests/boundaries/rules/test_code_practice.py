"""The allocator (CODE-03) against ten years of real lists of Henan, and the rows T2 counts in them."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict

from boundaries.rules.code_allocation import propose
from boundaries.rules.codes import TOWNSHIP_SEGMENTS, may_be_legal
from boundaries.rules.names import TOWNSHIP, split
from tests.shared import SHARED, requires_shared

YEARS = (2015, 2016, 2017, 2018, 2020, 2021, 2023)
LISTS = [f"divisions_nbs_2015_2023/henan_townships_{year}.csv" for year in YEARS]
LATEST = "divisions_mumuy_2025/henan_townships_2025.csv"


def rows(path: str) -> list[tuple[str, str]]:
    with (SHARED / path).open(encoding="utf-8-sig", newline="") as file:
        return sorted((row["code"], row["name"]) for row in csv.DictReader(file))


@requires_shared
def test_t2_rows_of_henan_in_the_list_of_2023():
    kinds = Counter(split(name, TOWNSHIP).type for _, name in rows(LISTS[-1]))
    townships = kinds["township"] + kinds["ethnic_township"]
    assert (kinds["subdistrict"], kinds["town"], townships, kinds["unknown"]) == (740, 1184, 588, 74)
    assert kinds.total() == 2586


@requires_shared
def test_t2_code_03_biyang_and_yuzhou():
    """象河乡 411726207 → 象河镇 ≥ 114; 小吕乡 411081206 (2018) → 小吕镇 411081119 (2020)."""
    biyang = propose("411726", "town", [code for code, _ in rows(LISTS[-1])])
    assert biyang.code == "411726114"
    assert biyang.gaps == ("411726100", "411726101", "411726104")
    before = {code for path in LISTS[:4] for code, _ in rows(path)}
    assert "411081206" in before and ("411081119", "小吕镇") in rows(LISTS[4])
    assert propose("411081", "town", before).code == "411081119"


@requires_shared
def test_code_03_nine_of_ten_codes_given_since_2015_are_those_the_allocator_proposes():
    """The others leap ahead or fill a gap of these lists: which is why a code that is not the next one only warns."""
    seen: dict[str, set[str]] = defaultdict(set)
    proposed = given = 0
    for path in [*LISTS, LATEST]:
        for code, name in rows(path):
            known, kind = seen[code[:6]], split(name, TOWNSHIP).type
            if known and code not in known and may_be_legal(code, TOWNSHIP) and kind in TOWNSHIP_SEGMENTS:
                proposal = propose(code[:6], kind, known)
                assert proposal.code is None or proposal.code not in known
                given += 1
                proposed += proposal.code == code
                known.add(code)
        for code, _ in rows(path):
            seen[code[:6]].add(code)
    assert given > 250
    assert proposed / given > 0.9
