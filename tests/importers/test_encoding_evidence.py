"""The encoding of a table from its bytes, what is claimed of it, and names of the register: a pure function."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.readers.evidence import BIG5, GB18030, UTF_8, Claim, decode, encoding_named, weigh

NAMES = ["魏都区", "建安区", "鄢陵县", "襄城县", "禹州市", "长葛市", "瀍河回族区"]


def cells(encoding: str, words: list[str] = NAMES) -> list[bytes]:
    return [word.encode(encoding) for word in words]


class TestTheBytes:
    def test_good_utf_8_is_utf_8_whatever_is_claimed(self) -> None:
        for claim in (None, Claim.of("cpg", "GBK"), Claim("ldid", "0x4D", GB18030)):
            verdict = weigh(cells("utf-8"), [claim] if claim else [])
            assert (verdict.name, verdict.confidence) == (UTF_8, "certain")
            assert bool(verdict.conflict) == bool(claim)

    def test_gbk_without_a_claim_just_works(self) -> None:
        verdict = weigh(cells("gbk"))
        assert (verdict.name, verdict.how, verdict.conflict) == (GB18030, "bytes", "")
        assert verdict.confidence == "likely"

    def test_a_cpg_that_lies_is_noticed(self) -> None:
        verdict = weigh(cells("gbk"), [Claim.of("cpg", "UTF-8"), Claim("ldid", "0x4D", GB18030)])
        assert (verdict.name, verdict.how, verdict.conflict) == (GB18030, "bytes", "cpg=utf-8")
        assert [finding.agrees for finding in verdict.findings if finding.what in {"cpg", "ldid"}] == [False, True]

    def test_a_claim_of_a_single_byte_encoding_fits_everything_and_proves_nothing(self) -> None:
        verdict = weigh(cells("gbk"), [Claim.of("codepage", "ANSI_1252")])
        assert (verdict.name, verdict.conflict) == (GB18030, "codepage=cp1252")

    def test_big5(self) -> None:
        words = ["臺北市", "中正區", "國語", "開封縣"]
        assert weigh(cells("big5", words), [Claim.of("cpg", "Big-5")]).name == BIG5
        assert weigh(cells("big5", words)).name == BIG5

    def test_names_of_the_register_decide_where_both_read(self) -> None:
        raw = ["开封".encode("gbk")]
        assert weigh(raw, known={"开封"}).name == GB18030
        other = raw[0].decode("big5hkscs", "replace")
        verdict = weigh(raw, known={other})
        assert (verdict.name, verdict.how) == (BIG5, "names")
        assert verdict.findings[-1].what == "names"

    @pytest.mark.parametrize("word", ["笑", "笑笑"])
    def test_words_in_gbk_that_happen_to_be_good_utf_8(self, word: str) -> None:
        assert weigh([word.encode("gbk")], [Claim.of("cpg", "GBK")]).name == GB18030
        verdict = weigh([word.encode("gbk")])
        assert (verdict.name, verdict.confidence) == (GB18030, "possible")

    def test_half_a_character_at_the_end(self) -> None:
        raw = [word.encode("gbk")[:5] for word in NAMES]
        verdict = weigh(raw)
        assert verdict.name == GB18030
        assert any("半个字" in finding.message for finding in verdict.findings)
        assert decode(raw[0], GB18030) == ("魏都", True)

    def test_one_broken_cell_among_many(self) -> None:
        words = cells("utf-8", [f"王庄村{number}" for number in range(100)])
        assert weigh([*words, b"\xff\xfe\xff\xfe\xff"]).name == UTF_8

    def test_what_is_none(self) -> None:
        assert weigh([b"\xff\xff\xff\xff", b"\x80\xff"]).name is None

    def test_ascii(self) -> None:
        assert (weigh([b"abc"]).name, weigh([b"abc"], [Claim.of("cpg", "GBK")]).name) == (UTF_8, GB18030)


class TestClaims:
    @pytest.mark.parametrize(
        ("said", "name"),
        [
            ("GBK", GB18030), ("936", GB18030), ("CP936", GB18030), ("ANSI 936", GB18030), ("GB18030\r\n", GB18030),
            ("\ufeffUTF-8", UTF_8), ("65001", UTF_8), ("Big-5", BIG5), ("ANSI_1252", "cp1252"), ("windows-1252", "cp1252"),
            ("ISO-8859-1", "iso8859-1"), ("klingon", None), ("", None), ("idna", None), ("rot13", None), ("base64", None),
            ("unicode_escape", None), ("utf-7", None), ("x\x00y", None), ("é" * 100, None),
        ],
    )  # fmt: skip
    def test_encodings_as_people_call_them(self, said: str, name: str | None) -> None:
        assert encoding_named(said) == name

    def test_a_claim_nobody_knows_is_told(self) -> None:
        verdict = weigh(cells("gbk"), [Claim.of("cpg", "klingon")])
        assert verdict.name == GB18030
        assert any("klingon" in finding.message for finding in verdict.findings)


@given(st.lists(st.binary(max_size=30), max_size=20), st.sampled_from(["", "GBK", "UTF-8", "UTF-16", "Big5", "cp1252", "x"]))
def test_any_bytes_have_a_verdict(samples: list[bytes], said: str) -> None:
    verdict = weigh(samples, [Claim.of("cpg", said)] if said else [])
    if verdict.name:
        for sample in samples:
            decode(sample, verdict.name)


@given(
    st.lists(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=2, max_size=8), min_size=3, max_size=20)
)
def test_chinese_in_utf_8_is_always_recognised(words: list[str]) -> None:
    assert weigh(cells("utf-8", words)).name == UTF_8
