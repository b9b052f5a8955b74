"""Three-valued logic against brute force: whatever the open values turn out to be, the verdict must not have lied."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.evaluation import evaluate
from boundaries.rules.indicators import CATALOGUE, IndicatorValue
from boundaries.rules.ruleset import (
    Comparison,
    Condition,
    Criterion,
    Group,
    GroupKind,
    RuleSet,
    Status,
    Strength,
    Target,
    Threshold,
)

DAY = date(2025, 1, 1)

# A small world: three figures (0…4), a terrain, a yes/no. Brute force fills every open one in every way.
NUMBERS = ("population", "seat_population", "seat_built_up_area")
DOMAINS = {name: tuple(range(5)) for name in NUMBERS} | {"terrain": ("plain", "mountain"), "waste_site": ("yes", "no")}

number_name = st.sampled_from(NUMBERS)
condition = st.one_of(
    st.builds(Condition, st.just("terrain"), st.just(Comparison.IS), st.sampled_from(["plain", "mountain"])),
    st.builds(
        lambda name, comparison, value: Condition(name, comparison, Fraction(value)),
        number_name,
        st.sampled_from([Comparison.AT_LEAST, Comparison.LESS_THAN]),
        st.integers(0, 5),
    ),
)
conditions = st.lists(condition, max_size=2).map(tuple)


def numeric(draw_id, indicator, comparison, lower, mountain, when, strength):
    bounds = (Threshold(Fraction(lower)),)
    if mountain is not None:
        bounds = (
            Threshold(Fraction(lower), None, (Condition("terrain", Comparison.IS, "plain"),)),
            Threshold(Fraction(mountain), None, (Condition("terrain", Comparison.IS, "mountain"),)),
        )
    return Criterion(draw_id, "X", "条件", "criterion", indicator, comparison, "", bounds, strength=strength, when=when)


@st.composite
def criteria(draw):
    identifier = f"c{draw(st.integers(0, 10**6))}"
    when = draw(st.one_of(st.just(()), st.just(()), conditions))
    if draw(st.integers(0, 4)) == 0:
        return Criterion(identifier, "X", "有", "exists", "waste_site", Comparison.EXISTS, when=when)
    return numeric(
        identifier,
        draw(number_name),
        draw(st.sampled_from([Comparison.AT_LEAST, Comparison.MORE_THAN, Comparison.AT_MOST, Comparison.LESS_THAN])),
        draw(st.integers(0, 5)),
        draw(st.one_of(st.none(), st.integers(0, 5))),
        when,
        draw(st.sampled_from([Strength.REQUIRED, Strength.REQUIRED, Strength.IN_PRINCIPLE])),
    )


def tier(child, when, silent):
    return Group(child.id + "t", GroupKind.ALL, "档", "tier", (child,), when=when, not_evaluable=silent)


def groups(children):
    plain = st.builds(
        lambda kind, parts, when: Group("g", kind, "组", "group", tuple(parts), when=when),
        st.sampled_from([GroupKind.ALL, GroupKind.ANY]),
        st.lists(children, min_size=1, max_size=3),
        st.one_of(st.just(()), conditions),
    )
    tiers = st.builds(
        lambda parts: Group("t", GroupKind.TIERS, "分档", "tiers", tuple(parts)),
        st.lists(
            st.builds(
                tier, children, st.lists(condition, min_size=1, max_size=1).map(tuple), st.integers(0, 5).map(lambda n: n == 0)
            ),
            min_size=1,
            max_size=3,
        ),
    )
    return st.one_of(plain, tiers)


trees = st.recursive(criteria(), groups, max_leaves=6).map(
    lambda node: node if isinstance(node, Group) else Group("root", GroupKind.ALL, "总", "root", (node,))
)
worlds = st.fixed_dictionaries({name: st.one_of(st.none(), st.sampled_from(values)) for name, values in DOMAINS.items()})


def rules_of(root):
    return RuleSet("TEST", "测试", "test", frozenset({Target.TOWN}), "测试", Status.OFFICIAL, root)


def overall(root, world):
    given_values = {
        name: IndicatorValue(value, CATALOGUE[name].unit, 2024, "测试") for name, value in world.items() if value is not None
    }
    return evaluate(rules_of(root), given_values, on=DAY).overall.value


def completions(world):
    open_names = [name for name, value in world.items() if value is None]
    for filled in product(*(DOMAINS[name] for name in open_names)):
        yield world | dict(zip(open_names, filled, strict=True))


@settings(max_examples=250, deadline=None)
@given(trees, worlds)
def test_std_gen_01_a_missing_value_never_decides(root, world):
    """STD-GEN-01: a verdict given on incomplete data stays the same however the missing values are filled in."""
    verdict = overall(root, world)
    if verdict != "undetermined":
        assert {overall(root, complete) for complete in completions(world)} == {verdict}


@st.composite
def trees_with_each_value_asked_once(draw):
    """all/any trees in which no indicator stands twice: there the verdict must also be as sharp as brute force."""
    names = draw(st.permutations(NUMBERS))
    leaves = [
        numeric(f"c{index}", name, draw(st.sampled_from([Comparison.AT_LEAST, Comparison.AT_MOST])),
                draw(st.integers(1, 3)), None, (), Strength.REQUIRED)
        for index, name in enumerate(names)
    ]  # fmt: skip
    leaves.append(Criterion("w", "X", "有", "exists", "waste_site", Comparison.EXISTS))
    kinds = draw(st.tuples(*[st.sampled_from([GroupKind.ALL, GroupKind.ANY])] * 2))
    cut = draw(st.integers(1, 3))
    inner = Group("inner", kinds[1], "内", "inner", tuple(leaves[:cut]))
    return Group("root", kinds[0], "总", "root", (inner, *leaves[cut:]))


@settings(max_examples=150, deadline=None)
@given(trees_with_each_value_asked_once(), worlds)
def test_all_and_any_are_as_sharp_as_brute_force(root, world):
    possible = {overall(root, complete) for complete in completions(world | {"terrain": "plain"})}
    expected = possible.pop() if len(possible) == 1 else "undetermined"
    assert overall(root, world) == expected


def naive(node, world):
    """An independent reading of a tree on complete data, for trees of all and any without conditions."""
    if isinstance(node, Group):
        answers = [naive(child, world) for child in node.children]
        return all(answers) if node.kind is GroupKind.ALL else any(answers)
    if node.comparison is Comparison.EXISTS:
        return world["waste_site"] == "yes"
    bound, value = node.thresholds[0].value, world[node.indicator]
    return value >= bound if node.comparison is Comparison.AT_LEAST else value <= bound


@settings(max_examples=150, deadline=None)
@given(trees_with_each_value_asked_once(), worlds)
def test_complete_data_gives_the_plain_answer(root, world):
    for complete in list(completions(world))[:20]:
        assert overall(root, complete) == ("qualifies" if naive(root, complete) else "does_not")


# --- the corners, one by one ---------------------------------------------------------------------------------------------------


def at_least(identifier, indicator, bound, **kwargs):
    return Criterion(
        identifier, "X", "条件", "criterion", indicator, Comparison.AT_LEAST, "", (Threshold(Fraction(bound)),), **kwargs
    )


def is_terrain(value):
    return (Condition("terrain", Comparison.IS, value),)


def all_of(*children):
    return Group("root", GroupKind.ALL, "总", "root", children)


def test_a_required_failure_decides_beside_an_in_principle_one():
    root = all_of(at_least("a", "population", 3, strength=Strength.IN_PRINCIPLE), at_least("b", "seat_population", 3))
    assert overall(root, {"population": 1, "seat_population": 4}) == "undetermined"
    assert overall(root, {"population": 1, "seat_population": 1}) == "does_not"
    assert overall(root, {"population": 4, "seat_population": 4}) == "qualifies"


def test_where_no_tier_applies_the_text_is_silent_whatever_else_fails():
    plain = Group("plain", GroupKind.ALL, "平原档", "plain", (at_least("a", "population", 3),), when=is_terrain("plain"))
    root = all_of(Group("tiers", GroupKind.TIERS, "分档", "tiers", (plain,)), at_least("b", "seat_population", 3))
    assert overall(root, {"terrain": "mountain", "population": 4, "seat_population": 1}) == "undetermined"
    assert overall(root, {"terrain": "plain", "population": 4, "seat_population": 1}) == "does_not"
    assert overall(root, {"terrain": "plain", "population": 4, "seat_population": 4}) == "qualifies"


def test_a_silent_tier_is_silent_although_it_lists_criteria():
    silent = Group(
        "s", GroupKind.ALL, "未定", "silent", (at_least("a", "population", 3),), when=is_terrain("plain"), not_evaluable=True
    )
    root = all_of(Group("tiers", GroupKind.TIERS, "分档", "tiers", (silent,)))
    assert overall(root, {"terrain": "plain", "population": 4}) == "undetermined"
    assert overall(root, {"terrain": "plain", "population": 1}) == "undetermined"


def test_a_criterion_that_may_not_apply_cannot_fail_the_case():
    root = all_of(at_least("a", "population", 3, when=is_terrain("plain")), at_least("b", "seat_population", 1))
    assert overall(root, {"population": 1, "seat_population": 2}) == "undetermined"
    assert overall(root, {"population": 4, "seat_population": 2}) == "qualifies"
    assert overall(root, {"population": 1, "seat_population": 2, "terrain": "plain"}) == "does_not"
    assert overall(root, {"population": 1, "seat_population": 2, "terrain": "mountain"}) == "qualifies"


def test_a_figure_given_for_the_plain_only_says_nothing_elsewhere():
    bounds = (Threshold(Fraction(3), None, is_terrain("plain")),)
    criterion = Criterion("a", "X", "条件", "criterion", "population", Comparison.AT_LEAST, "", bounds)
    assert overall(all_of(criterion), {"population": 4}) == "undetermined"
    assert overall(all_of(criterion), {"population": 4, "terrain": "mountain"}) == "undetermined"
    assert overall(all_of(criterion), {"population": 4, "terrain": "plain"}) == "qualifies"


def test_the_margin_is_against_the_strictest_figure_that_may_apply():
    criterion = numeric("a", "population", Comparison.AT_LEAST, 3, 1, (), Strength.REQUIRED)
    given_values = {"population": IndicatorValue(4, "人", 2024, "年鉴")}
    result = evaluate(rules_of(all_of(criterion)), given_values, on=DAY).criteria[0]
    assert (result.verdict, result.margin, len(result.thresholds)) == ("met", 1, 2)
