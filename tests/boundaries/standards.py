"""Small standards for tests, written as an office would write them."""

from __future__ import annotations

OFFICIAL = """\
format = 1
id = "{id}"
title = "试验省设立镇标准"
title_en = "Test standard for towns"
target = {target}
issuer = "某省人民政府"
document_number = "某政〔2024〕1号"
issued_on = "2024-01-01"
valid_from = {valid_from}
status = "{status}"
region = "41"

[[source]]
id = "S"
issuer = "某省人民政府"
title = "试验省设立镇标准"
seen_at = "试验"
grade = "全文"

[[group]]
id = "G"
kind = "all"
title = "条件"
title_en = "Conditions"

[[criterion]]
id = "G.population"
in = "G"
text = "总人口{persons}人以上"
text_en = "At least {persons} people"
indicator = "population"
comparison = ">="
unit = "人"
threshold = {persons}
source = "S"
clause = "一"
"""


def official(
    persons: int = 30_000,
    *,
    id: str = "TEST-TOWN-2024",
    target: str = '"town"',
    status: str = "official",
    valid_from: str = "2024-02-01",
) -> str:
    """An official standard that asks for one thing only: enough people."""
    return OFFICIAL.format(persons=persons, id=id, target=target, status=status, valid_from=valid_from)
