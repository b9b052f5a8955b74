"""The register of rules and the page made from it."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from boundaries.rules.docs import render_rules_markdown
from boundaries.rules.finding import Severity
from boundaries.rules.registry import REGISTER, rules
from boundaries.rules.shipped import shipped_rule_sets

ROOT = Path(__file__).resolve().parents[3]
TESTS = "\n".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))


def test_every_rule_of_this_part_is_registered_with_its_weight():
    block, warn, info = Severity.BLOCK, Severity.WARN, Severity.INFO
    expected = {
        "CHG-DOC-01": block, "CHG-DOC-02": warn, "CHG-DOC-03": block, "CHG-PLAN-01": block, "CHG-PLAN-03": warn,
        "CHG-AUTH-03": warn, "CHG-ETH-01": warn, "CHG-TXT-01": info,
        "CHG-AUTH-01": block, "CHG-AUTH-02": block, "CHG-AUTH-04": warn, "CHG-BND-05": warn, "CHG-PLAN-02": block,
        "CHG-PLAN-04": warn, "CHG-NAME-01": block, "CHG-SEAT-01": info, "CHG-CONS-01": warn, "CHG-NO-01": info,
        "CHG-DL-01": block, "CHG-DL-02": warn, "CHG-DL-03": block, "CHG-DL-04": warn, "CHG-DL-05": warn, "CHG-ETH-02": warn,
        "CODE-01": warn, "CODE-02": warn, "CODE-03": block, "CODE-04": block, "CODE-05": block, "CODE-06": block,
        "CODE-07": block, "CODE-08": block, "CODE-09": warn, "CODE-10": warn, "CODE-11": warn, "CODE-12": info,
        "STD-00": block, "STD-T08-A": info, "STD-T08-B": info, "STD-T08-C": info,
        "STD-S17-A": warn, "STD-S17-B": warn, "STD-S17-C": info, "STD-S17-D": warn, "STD-84": info,
        "STD-GEN-01": block, "STD-GEN-02": block, "STD-GEN-03": warn, "STD-GEN-04": warn,
        "BND-CYC-01": block, "BND-CYC-02": warn, "BND-CYC-03": warn, "BND-CYC-04": block,
        "BND-INS-01": block, "BND-INS-02": block, "BND-INS-03": warn,
    }  # fmt: skip
    assert {identifier: rules()[identifier].severity for identifier in expected} == expected


def test_identifiers_are_unique():
    assert sum(len(chapter.rules) for chapter in REGISTER) == len(rules())


@pytest.mark.parametrize("identifier", list(rules()))
def test_what_a_rule_points_at_exists_and_a_test_names_it(identifier):
    rule = rules()[identifier]
    assert rule.basis and rule.zh and rule.en
    if rule.implemented_by.endswith(".toml"):
        assert (ROOT / rule.implemented_by).is_file()
    else:
        module, _, name = rule.implemented_by.rpartition(".")
        assert callable(getattr(importlib.import_module(module), name))
    assert identifier in TESTS or identifier.lower().replace("-", "_") in TESTS


def test_rules_carried_by_files_are_those_of_their_criteria():
    carried = {criterion.rule for rule_set in shipped_rule_sets() for criterion in rule_set.criteria()}
    carried |= {"STD-T08-C"}
    assert carried == {rule.id for rule in rules().values() if rule.implemented_by.endswith(".toml")}


def test_the_page_tells_every_rule_criterion_and_source():
    page = render_rules_markdown()
    for identifier in rules():
        assert f"| {identifier} |" in page
        for waiver in rules()[identifier].waivers:
            assert waiver.zh in page and waiver.en in page
    for rule_set in shipped_rule_sets():
        assert f"`{rule_set.id}`" in page and f"`{rule_set.status.value}`" in page
        for criterion in rule_set.criteria():
            assert criterion.text in page and criterion.text_en in page
        for source in rule_set.sources:
            assert source.seen_at in page
    assert page == render_rules_markdown()


def test_the_tables_of_the_page_are_well_formed():
    width = None
    for line in render_rules_markdown().splitlines():
        if not line.startswith("|"):
            width = None
            continue
        columns = line.replace("\\|", "").count("|")
        assert width in (None, columns), line
        width = columns
