"""The spelling rule of 1984 and the readings of Henan: every vector of the fact sheet, every example of the rule itself."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from placenames.rules.kinds import Kind, guess, kind_of_class
from placenames.rules.readings import UnreadableError, candidates, character_uses, named_readings, read
from placenames.rules.spelling import Spelling, bare, broken, spell, without_tones
from placenames.rules.splitting import number


def spelled(name: str, place_class: str = "", area: str = "41") -> Spelling:
    return spell(name, kind_of_class(place_class) if place_class else None, area)


# T1 of the fact sheet: names whose reading is known.
KNOWN = """
浚县 Xùn Xiàn|长垣市 Chángyuán Shì|漯河市 Luòhé Shì|长葛市 Chánggě Shì|召陵区 Shàolíng Qū|南乐县 Nánlè Xiàn|郇封镇 Xúnfēng Zhèn
酂城镇 Cuóchéng Zhèn|中牟县 Zhōngmù Xiàn|柘城县 Zhèchéng Xiàn|渑池县 Miǎnchí Xiàn|泌阳县 Bìyáng Xiàn|郏县 Jiá Xiàn|睢县 Suī Xiàn
睢阳区 Suīyáng Qū|濮阳县 Púyáng Xiàn|荥阳市 Xíngyáng Shì|武陟县 Wǔzhì Xiàn|尉氏县 Wèishì Xiàn|滑县 Huá Xiàn|嵩县 Sōng Xiàn
杞县 Qǐ Xiàn|鄢陵县 Yānlíng Xiàn|郾城区 Yǎnchéng Qū|潢川县 Huángchuān Xiàn|淅川县 Xīchuān Xiàn|浉河区 Shīhé Qū|偃师区 Yǎnshī Qū
舞阳县 Wǔyáng Xiàn|叶县 Yè Xiàn|瀍河回族区 Chánhé Huízú Qū|洧川镇 Wěichuān Zhèn|汜水镇 Sìshuǐ Zhèn|缑氏镇 Gōushì Zhèn
神垕镇 Shénhòu Zhèn|轵城镇 Zhǐchéng Zhèn|堌阳镇 Gùyáng Zhèn|苌庄镇 Chángzhuāng Zhèn|羑里 Yǒulǐ
新安县 Xīn'ān Xiàn|建安区 Jiàn'ān Qū|龙安区 Lóng'ān Qū|二七区 Èrqī Qū|安阳县 Ānyáng Xiàn|平安路 Píng'ān Lù
王村 Wángcūn|王村镇 Wángcūn Zhèn|朱仙镇 Zhūxiān Zhèn|三门峡市 Sānménxiá Shì
南小街 Nán Xiǎojiē|小南街 Xiǎo Nánjiē|景山后街 Jǐngshān Hòujiē|五一广场 Wǔyī Guǎngchǎng|二马路 2 Mǎlù|经五路 Jīng 5 Lù
三环路 3 Huánlù|东四十二条 Dōngsì 12 Tiáo|北二巷 Běi 2 Xiàng
"""


def pairs(text: str) -> list[tuple[str, str]]:
    return [tuple(one.split(" ", 1)) for line in text.strip().splitlines() for one in line.split("|")]  # type: ignore[misc]


@pytest.mark.parametrize(("name", "expected"), pairs(KNOWN))
def test_t1_names_of_known_reading_are_spelled_and_final(name, expected):
    found = spelled(name)
    assert found.spelling == expected
    assert not found.needs_person


def test_t1_the_class_decides():
    assert spelled("朱仙镇", "21500").spelling == "Zhūxiān Zhèn"
    assert spelled("朱仙镇", "22200").spelling == "Zhūxiānzhèn"
    assert spelled("三岔河", "自然村").spelling == "Sānchàhé"
    assert spelled("三岔河", "river").spelling == "Sānchà Hé"
    assert spelled("三门峡", "gorge").spelling == "Sānmén Xiá"
    assert spelled("三岔河").needs_person, "a river or a village: the ending does not tell"


@pytest.mark.parametrize(
    ("name", "begins", "others"),
    [("祭城路街道", "Zhàchéng", "zhài"), ("大隗镇", "Dàwěi", "kuí"), ("氾水镇", "Fànshuǐ", "fán")],
)
def test_t1_what_is_unresolved_stays_unresolved(name, begins, others):
    found = spelled(name)
    assert found.spelling.startswith(begins)
    assert found.needs_person
    assert any(others in one.alternatives and one.by == "unresolved" for one in found.syllables)


def test_t1_the_same_character_is_read_as_the_place_reads_it():
    assert spelled("十里堡", "22100", "110105").spelling == "Shílǐpù"
    assert spelled("大黄堡", "22200", "120114").spelling == "Dàhuángbǎo"
    assert spelled("吴堡县", "", "610829").spelling == "Wúbǔ Xiàn"
    # Elsewhere nobody has decided.
    assert spelled("十里堡", "22200", "410100").needs_person


# The examples that the rule itself prints, by the numbers of its articles.
EXAMPLES = [
    ("太行山", "mountain", "Tàiháng Shān"), ("江苏省", "", "Jiāngsū Shěng"), ("通县", "", "Tōng Xiàn"),
    ("友谊乡", "", "Yǒuyì Xiāng"),
    ("长安街", "", "Cháng'ān Jiē"), ("大马路", "", "Dà Mǎlù"), ("大运河", "", "Dà Yùnhé"), ("横街", "", "Héng Jiē"),
    ("西辽河", "river", "Xīliáo Hé"), ("潮白新河", "river", "Cháobái Xīnhé"), ("北雁荡山", "mountain", "Běiyàndàng Shān"),
    ("清波门直街", "", "Qīngbōmén Zhíjiē"), ("朝阳门内大街", "", "Cháoyángménnèi Dàjiē"), ("南横东街", "", "Nánhéng Dōngjiē"),
    ("修文西小巷", "", "Xiūwén Xīxiǎoxiàng"), ("东直门外南后街", "", "Dōngzhíménwài Nánhòujiē"),
    ("广安门北滨河路", "", "Guǎng'ānmén Běibīnhé Lù"), ("周口店", "", "Zhōukǒudiàn"), ("龙王集", "", "Lóngwángjí"),
    ("渤海湾", "natural", "Bóhǎi Wān"), ("黑龙江省", "", "Hēilóngjiāng Shěng"), ("景德镇市", "", "Jǐngdézhèn Shì"),
    ("解放路南小街", "", "Jiěfànglù Nánxiǎojiē"), ("包头胡同东巷", "", "Bāotóu Hútong Dōngxiàng"),
    ("左权县", "", "Zuǒquán Xiàn"), ("欧阳海水库", "", "Ōuyánghǎi Shuǐkù"), ("五指山", "mountain", "Wǔzhǐ Shān"),
    ("二道沟", "natural", "Èrdào Gōu"), ("第二松花江", "river", "Dì'èr Sōnghuā Jiāng"), ("第六屯", "", "Dìliùtún"),
    ("三眼井胡同", "", "Sānyǎnjǐng Hútong"), ("八角场东街", "", "Bājiǎochǎng Dōngjiē"), ("三八路", "", "Sānbā Lù"),
    ("1203高地", "natural", "1203 Gāodì"), ("大川淀一巷", "", "Dàchuāndiàn 1 Xiàng"), ("第九弄", "", "Dì-9 Lòng"),
    ("天宁寺西里一巷", "", "Tiānníngsì Xīlǐ 1 Xiàng"), ("西安市", "", "Xī'ān Shì"), ("盆儿胡同", "", "Pénr Hútong"),
    ("二七烈士纪念碑", "building", "Èrqī Lièshì Jìniànbēi"), ("费县汽车站", "building", "Fèi Xiàn Qìchēzhàn"),
    ("郑州市玻璃厂", "building", "Zhèngzhōu Shì Bōlíchǎng"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "place_class", "expected"), EXAMPLES)
def test_examples_of_the_rule(name, place_class, expected):
    assert spelled(name, place_class).spelling == expected


@pytest.mark.parametrize(
    ("name", "place_class", "expected"),
    [
        ("龙湖花园", "22100", "Lónghú Huāyuán"),
        ("王庄村民委员会", "", "Wángzhuāng Cūnmín Wěiyuánhuì"),
        ("林山寨街道办事处", "", "Línshānzhài Jiēdào Bànshìchù"),
        ("女儿河", "river", "Nǚ'ér Hé"),
        ("吕梁路", "", "Lǚliáng Lù"),
        ("人民东路", "", "Rénmín Dōnglù"),
    ],
)
def test_names_of_the_office(name, place_class, expected):
    assert spelled(name, place_class).spelling == expected


def test_plain_has_no_tones_and_keeps_its_two_dots():
    assert spelled("吕梁路").plain == "Lüliang Lu"
    assert spelled("新安县").plain == "Xin'an Xian"


def test_a_polyphone_nobody_decided_is_never_final():
    found = spelled("长村张乡")
    assert found.needs_person
    (first, *_rest) = found.syllables
    assert (first.by, first.reading, first.alternatives) == ("auto", "cháng", ("zhǎng",))


def test_a_word_that_takes_another_reading_is_not_decided_by_its_character():
    assert not spelled("石桥村").needs_person
    assert spelled("南无寺村").needs_person


def test_without_a_reading_there_is_no_spelling():
    for name in ("", "  ", "福?社区", "王村（东）", "RoadX路"):
        with pytest.raises(UnreadableError):
            spell(name)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一", 1),
        ("十", 10),
        ("十二", 12),
        ("四十二", 42),
        ("二十", 20),
        ("一百零三", 103),
        ("五一", None),
        ("三八", None),
        ("", None),
    ],
)
def test_numbers_as_people_count(text, value):
    assert number(text) == value


def test_lines_are_broken_at_syllables_with_a_hyphen():
    found = spelled("朝阳门内大街")
    assert broken(found, 40) == ["Cháoyángménnèi Dàjiē"]
    assert broken(found, 10) == ["Cháoyáng-", "ménnèi Dà-", "jiē"]
    # The hyphen takes the place of the apostrophe.
    assert broken(spelled("平安路"), 6) == ["Píng-", "ān Lù"]


def test_every_row_of_the_tables_is_a_reading_of_its_characters():
    for row in named_readings():
        assert row.source or not row.settled, row.text
        if not row.settled:
            continue  # 祭 zhà is a local reading that no dictionary has
        for character, reading in zip(row.text, row.readings, strict=True):
            # 同 in 胡同 has a neutral tone, which dictionaries note with the word.
            assert reading in candidates(character) or row.text == "胡同", (row.text, reading)
    for character, use in character_uses().items():
        assert use.reading in candidates(character), character
        assert len(candidates(character)) > 1, f"{character} needs no row"


def test_the_kind_is_told_by_code_word_or_ending():
    assert kind_of_class("22200") is Kind.SETTLEMENT
    assert kind_of_class("23213") is Kind.ROAD
    assert kind_of_class("街路巷") is Kind.ROAD
    assert kind_of_class("99999") is None
    assert guess("平安路").kind is Kind.ROAD
    assert guess("王庄村村委会").kind is Kind.COMMITTEE


COMMON = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林高梁郑安阿鄂恩东西南北中上下大小新老河山沟湾庄村店桥庙寨岗坡集营堂楼二三七八"


@settings(max_examples=60)
@given(st.text(alphabet=COMMON, min_size=1, max_size=5), st.sampled_from([*Kind, None]))
def test_a_spelling_holds_every_syllable_in_order(name, kind):
    found = spell(name, kind)
    assert "".join(segment.text for segment in found.segments) == name
    letters = "".join(segment.spelling for segment in found.segments if segment.role != "numeral").replace("'", "").lower()
    position, expected = 0, ""
    for segment in found.segments:
        if segment.role != "numeral":
            expected += "".join(one.reading for one in found.syllables[position : position + len(segment.text)])
        position += len(segment.text)
    assert letters == expected
    assert bare(found.spelling) == bare(found.plain) == bare(without_tones(found.spelling))


def test_reading_follows_the_area():
    assert [one.reading for one in read("浚县", "410621")] == ["xùn", "xiàn"]
    assert not read("浚县", "37")[0].settled
