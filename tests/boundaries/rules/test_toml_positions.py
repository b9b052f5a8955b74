"""The line map finds exactly what tomllib reads, at the line where it stands."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boundaries.rules.shipped import shipped_files
from boundaries.rules.toml_positions import line_positions


def paths_of(data, path=()):
    if path:
        yield path
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from paths_of(value, (*path, key))


def test_every_kind_of_value_and_key():
    text = """\
# 注释 "不是字符串" [也不是表]
a = 1 # b = 2
"b.c".d = \"\"\"
第一行 [x]
他说\\"好\\" 5 > 3\"\"\"
lit = 'C:\\[temp]' # ]
multi = '''
key = 1
it''s'''
quote = \"\"\"ends with quotes\"\"\"\"\"
[t . "x y"]
list = [ 1, # 一
  "二]", { q = 1, w.e = [ 2, 3 ] },
]
when = 2021-01-01T00:00:00Z
[[g]]
i = "]"
[[g]]
x = 2020-01-01
[g.sub]
z = '}'
[[g.sub2]]
y = 1.5e3
[other]
empty = []
none = {}
"""
    positions = line_positions(text)
    assert set(paths_of(tomllib.loads(text))) == set(positions)
    expected = {
        ("a",): 2,
        ("b.c", "d"): 3,
        ("lit",): 6,
        ("multi",): 7,
        ("quote",): 10,
        ("t", "x y"): 11,
        ("t", "x y", "list", 1): 13,
        ("t", "x y", "list", 2, "w", "e", 1): 13,
        ("t", "x y", "when"): 15,
        ("g", 1): 18,
        ("g", 1, "sub", "z"): 21,
        ("g", 1, "sub2", 0, "y"): 23,
        ("other", "none"): 26,
    }
    assert {path: positions[path] for path in expected} == expected


@pytest.mark.parametrize("name", list(shipped_files()))
def test_the_shipped_files(name):
    text = shipped_files()[name]
    positions = line_positions(text)
    assert set(paths_of(tomllib.loads(text))) == set(positions)
    lines = text.splitlines()
    for path, line in positions.items():
        if isinstance(path[-1], str) and len(path) <= 3:
            assert path[-1] in lines[line - 1]


def test_windows_line_ends():
    assert line_positions('a = 1\r\n\r\nb = """x\r\ny"""\r\nc = 2\r\n') == {("a",): 1, ("b",): 3, ("c",): 5}


bare = st.text("abcXYZ019_-", min_size=1, max_size=6)
quoted = st.text("ab .#[]='\"\\中\t", max_size=6)


def quote(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t") + '"'


keys = st.one_of(bare, quoted.map(quote))
strings = st.one_of(
    quoted.map(quote),
    st.text('ab .#[]="\\中', max_size=8).map(lambda text: f"'{text}'"),
    st.text("ab #[]{},=\n中", max_size=12).map(lambda text: f'"""{text}"""'),
    st.text("ab #[]{},=\\\n中", max_size=12).map(lambda text: f"'''{text}'''"),
)
scalars = st.one_of(
    strings, st.sampled_from(["1", "-2.5", "1e3", "true", "inf", "2020-01-01", "07:32:00", "2020-01-01 07:32:00", "0xFF"])
)
gaps = st.sampled_from(["", " ", "\n", " # , ]\n  "])


def arrays(values):
    return st.tuples(st.lists(st.tuples(gaps, values, gaps), max_size=3), st.booleans()).map(
        lambda parts: "[" + ",".join(a + v + b for a, v, b in parts[0]) + ("," if parts[0] and parts[1] else "") + "]"
    )


def inline_tables(values):
    return st.lists(st.tuples(bare, values), max_size=3, unique_by=lambda pair: pair[0]).map(
        lambda pairs: "{ " + ", ".join(f"{key} = {value}" for key, value in pairs) + " }"
    )


values = st.recursive(scalars, lambda inner: st.one_of(arrays(inner), inline_tables(inner)), max_leaves=5)
pairs = st.tuples(keys, values, st.sampled_from(["", " # c = 1"])).map(lambda p: f"{p[0]} = {p[1]}{p[2]}\n")
headers = st.tuples(st.sampled_from(["[%s]\n", "[[%s]]\n", "[ %s ] # x\n"]), st.lists(keys, min_size=1, max_size=2)).map(
    lambda h: h[0] % ".".join(h[1])
)
documents = st.lists(st.one_of(pairs, pairs, headers, st.just("\n"), st.just("# [x]\n")), max_size=8).map("".join)


@settings(max_examples=400, deadline=None)
@given(documents)
def test_any_document_tomllib_accepts(text):
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    positions = line_positions(text)
    assert set(positions) == set(paths_of(data))
    assert all(1 <= line <= text.count("\n") + 1 for line in positions.values())
