"""Which encoding are these bytes in? Decided from evidence: what is declared, what the bytes allow, and the names of the register.

Labels (.cpg, the language driver of a .dbf, an XML declaration) are known to lie, so none of them decides alone. The bytes speak
first: text in GB18030 is practically never good UTF-8. Of encodings that all fit, the one wins whose characters are the usual ones
and whose words are names of the register.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final, Literal

GB18030, UTF_8, BIG5 = "gb18030", "utf-8", "big5hkscs"

Confidence = Literal["certain", "likely", "possible"]

# Code pages as .cpg files and people write them.
_ALIASES: Final = {
    **dict.fromkeys(
        ["gbk", "936", "cp936", "gb2312", "gb18030", "54936", "ansi 936", "ansi936", "ansi_936", "euc-cn", "windowssimpchinese"],
        GB18030,
    ),
    **dict.fromkeys(["utf-8", "utf8", "65001"], UTF_8),
    **dict.fromkeys(["big5", "big-5", "950", "cp950", "ansi 950", "ansi_950", "windowstradchinese"], BIG5),
}
_ANSI: Final = re.compile(r"(?:ansi|dos|oem|windows)?[ _-]?(125\d|437|850|852|866|874|932|949)")
# Language driver of a .dbf (byte 29) that name a Chinese code page.
LANGUAGE_DRIVERS: Final = {0x4D: GB18030, 0x7A: GB18030, 0x4F: BIG5, 0x78: BIG5}
_MARKS: Final = ("bom", "utf-8-bom", "utf-16-bom")
# Encodings that offices meet. Python knows more (rot13, punycode, unicode_escape, utf-7 …), and none of those is meant.
_MET: Final = re.compile(
    r"utf-8|utf-16(?:-[lb]e)?|ascii|gb2312|gbk|gb18030|big5(?:hkscs)?|cp(?:125\d|437|850|852|866|874|932|949|950)|iso8859-\d+"
    r"|shift_jis|euc_(?:jp|kr)|koi8-[ru]|mac-roman"
)
# So many texts decide; whether the others read the same is asked of all at once, and only if not are all of them weighed.
_LOOKED_AT: Final = 2_000


@dataclass(frozen=True)
class Claim:
    """What something beside the text says of its encoding. `how`: asked, utf-8-bom, utf-16-bom, xml, cpg, ldid, codepage,
    version.
    """

    how: str
    said: str
    name: str | None

    @classmethod
    def of(cls, how: str, said: str) -> Claim:
        return cls(how, said.strip().strip("\ufeff\x00")[:40], encoding_named(said))


@dataclass(frozen=True)
class Finding:
    """One piece of evidence: what was looked at, what it says, whether it speaks for the verdict, and a sentence."""

    what: str
    says: str
    agrees: bool
    message: str
    message_en: str

    def as_dict(self) -> dict[str, Any]:
        return {
            "what": self.what,
            "says": self.says,
            "agrees": self.agrees,
            "message": self.message,
            "message_en": self.message_en,
        }


@dataclass(frozen=True)
class Verdict:
    """`name` None: the bytes fit nothing known. `how` names the evidence that decided; `conflict` the label that is wrong."""

    name: str | None
    how: str
    confidence: Confidence
    findings: tuple[Finding, ...]
    conflict: str = ""


@dataclass(frozen=True)
class _Fit:
    """How well an encoding reads the samples: broken and cut ones, shares of usual and of Han characters, names met."""

    name: str
    broken: int
    cut: int
    usual: float
    han: float
    known: int


def encoding_named(text: str) -> str | None:
    """Python's name of an encoding as files and people call it; None for an unknown one."""
    plain = text.strip().strip("\ufeff\x00").strip().lower()
    if plain in _ALIASES:
        return _ALIASES[plain]
    if (page := _ANSI.fullmatch(plain)) is not None:
        plain = f"cp{page[1]}"
    try:
        name = codecs.lookup(plain).name
    except (LookupError, ValueError):
        return None
    if not _MET.fullmatch(name):
        return None
    return {"gbk": GB18030, "gb2312": GB18030, "big5": BIG5, "cp950": BIG5, "utf-8-sig": UTF_8}.get(name, name)


def weigh(samples: Iterable[bytes], claims: Sequence[Claim] = (), known: Collection[str] = ()) -> Verdict:
    """The encoding of a table from its cells (names of fields too), what is claimed of it, and names of the register. Pure.

    What a person asks for is taken; a byte order mark is taken; everything else is weighed.
    """
    for how in ("asked", *_MARKS):
        if (claim := next((one for one in claims if one.how == how and one.name), None)) is not None:
            return Verdict(claim.name, how, "certain", (_said(claim, agrees=True),))
    marked = list(dict.fromkeys(sample for sample in samples if not sample.isascii()))
    valid = [claim for claim in claims if claim.name]
    if not marked:
        claim = valid[0] if valid else None
        # A declaration over nothing but ASCII is neither right nor wrong.
        return Verdict(claim.name if claim else UTF_8, claim.how if claim else "ascii", "certain", (_ascii(), *map(_told, claims)))
    looked = marked[:_LOOKED_AT]
    fits = {name: _fit(looked, name, known) for name in _candidates(valid)}
    chosen, how, confidence = _choose(fits, valid, len(looked))
    if chosen is None or not _reads(marked[_LOOKED_AT:], chosen):
        looked = marked
        fits = {name: _fit(looked, name, known) for name in fits}
        chosen, how, confidence = _choose(fits, valid, len(looked))
    findings = [_bytes(fits[name], len(looked), chosen) for name in fits]
    findings += [_said(claim, agrees=claim.name == chosen) for claim in claims]
    if chosen is not None and known:
        findings.append(_register(fits[chosen], agrees=fits[chosen].known > 0))
    wrong = next((claim for claim in valid if chosen is not None and claim.name != chosen), None)
    if wrong is not None and how != "names":
        how = "bytes"  # where labels contradict each other, the bytes decided
    return Verdict(chosen, how, confidence, tuple(findings), f"{wrong.how}={wrong.name}" if wrong else "")


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Text, and whether a character at the very end was cut in half (fixed-width tables do that); the half is left out."""
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError as error:
        if len(raw) - error.start <= 3:
            return raw[: error.start].decode(encoding, "replace"), True
        return raw.decode(encoding, "replace"), False


def _candidates(claims: Sequence[Claim]) -> list[str]:
    names = [UTF_8, *(claim.name for claim in claims if claim.name), GB18030, BIG5]
    return list(dict.fromkeys(names))


def _reads(samples: Sequence[bytes], name: str) -> bool:
    """Whether all are whole in an encoding. A line break is part of no character in any but UTF-16."""
    try:
        if name.startswith("utf-16"):
            for raw in samples:
                raw.decode(name)
        else:
            b"\n".join(samples).decode(name)
    except UnicodeDecodeError:
        return False
    return True


def _fit(samples: Sequence[bytes], name: str, known: Collection[str]) -> _Fit:
    broken = cut = usual = han = characters = names = 0
    for raw in samples:
        text, halved = decode(raw, name)
        if "\ufffd" in text or (halved and not text):
            broken += 1
            continue
        cut += halved
        names += bool(known) and text.strip() in known
        foreign = [character for character in text if ord(character) > 0x7F]
        characters += len(foreign)
        usual += sum(map(_is_usual, foreign))
        han += sum("\u3400" <= character <= "\u9fff" or character >= "\U00020000" for character in foreign)
    total = max(characters, 1)
    return _Fit(name, broken, cut, usual / total, han / total, names)


@lru_cache(maxsize=1 << 16)
def _is_usual(character: str) -> bool:
    """Whether a character is one of the 6,763 of GB 2312 or the 5,401 common ones of Big5: what names are written with."""
    for encoding, ranges in (("gb2312", ((0xA1, 0xA3), (0xB0, 0xF7))), ("big5", ((0xA1, 0xA3), (0xA4, 0xC6)))):
        try:
            raw = character.encode(encoding)
        except UnicodeEncodeError:
            continue
        if len(raw) == 2 and any(first <= raw[0] <= last for first, last in ranges):
            return True
    return False


def _choose(fits: dict[str, _Fit], claims: Sequence[Claim], count: int) -> tuple[str | None, str, Confidence]:
    by_claim = {claim.name: claim.how for claim in reversed(claims)}
    whole = [fit for fit in fits.values() if not fit.broken]
    if not whole:
        # A damaged cell among many good ones does not make the table unreadable.
        best = min(fits.values(), key=lambda fit: fit.broken)
        if best.broken * 20 <= count:
            return best.name, by_claim.get(best.name, "bytes"), "possible"
        return None, "", "possible"
    utf_8 = next((fit for fit in whole if fit.name == UTF_8), None)
    chinese = next((fit for fit in whole if fit.name == GB18030), None)
    if utf_8 is not None and chinese is not None and utf_8.han < 0.5 and chinese.usual >= 0.9:
        # A word or two in GB18030 may happen to be good UTF-8 too, of letters that nobody here writes.
        return GB18030, by_claim.get(GB18030, "bytes"), "likely" if GB18030 in by_claim else "possible"
    if utf_8 is not None:
        return UTF_8, by_claim.get(UTF_8, "bytes"), "certain" if not utf_8.cut or count > 1 else "likely"
    claimed = [fit for fit in whole if fit.name in by_claim]
    # A declared single-byte encoding fits everything, so a declaration that fits is not enough where names speak against it.
    best = max(whole, key=lambda fit: (fit.known, round(fit.usual, 1), -fit.cut, fit.name in by_claim, fit.name == GB18030))
    if claimed and (claimed[0].name == best.name or (best.known == claimed[0].known and claimed[0].usual >= 0.8)):
        return claimed[0].name, by_claim[claimed[0].name], "certain"
    rivals = [fit for fit in whole if fit.name != best.name and fit.usual >= best.usual - 0.1 and fit.known == best.known]
    return best.name, by_claim.get(best.name, "names" if best.known else "bytes"), "possible" if rivals else "likely"


# --- sentences --------------------------------------------------------------------------------------------------------

_LABELS: Final = {
    "asked": ("指定的编码", "The encoding asked for"),
    "bom": ("文件开头的标记", "The byte order mark"),
    "utf-8-bom": ("文件开头的标记", "The byte order mark"),
    "utf-16-bom": ("文件开头的标记", "The byte order mark"),
    "xml": ("XML 声明", "The XML declaration"),
    "cpg": (".cpg 文件", "The .cpg file"),
    "ldid": (".dbf 的语言驱动号", "The language driver of the .dbf"),
    "codepage": ("文件头的代码页", "The code page in the header"),
    "version": ("文件版本", "The version of the file"),
}


def _said(claim: Claim, *, agrees: bool) -> Finding:
    zh, en = _LABELS.get(claim.how, (claim.how, claim.how))
    if claim.name is None:
        return Finding(
            claim.how, claim.said, False, f"{zh}写的是“{claim.said}”，不认识。", f"{en} says “{claim.said}”, which is unknown."
        )
    against = ("", "") if agrees else ("，与内容不符", ", which does not fit the bytes")
    return Finding(claim.how, claim.said, agrees, f"{zh}写的是 {claim.said}{against[0]}。", f"{en} says {claim.said}{against[1]}.")


def _told(claim: Claim) -> Finding:
    return _said(claim, agrees=claim.name is not None)


def _ascii() -> Finding:
    return Finding(
        "bytes", "ascii", True, "文字全是英文字母和数字，任何编码读来都一样。", "All text is ASCII; any encoding reads it alike."
    )


def _called(name: str) -> str:
    """An encoding as people write it."""
    return {GB18030: "GB18030 (GBK)", BIG5: "Big5"}.get(name, name.upper())


def _bytes(fit: _Fit, count: int, chosen: str | None) -> Finding:
    share, name = round(fit.usual * 100), _called(fit.name)
    if fit.broken:
        zh = f"按 {name} 读，{count} 处文字中有 {fit.broken} 处不成字。"
        en = f"Read as {name}, {fit.broken} of {count} texts are broken."
    else:
        zh = f"按 {name} 读，{count} 处文字都成字，常用字占 {share}%。"
        en = f"Read as {name}, all {count} texts are whole; {share}% of the characters are usual ones."
        if fit.cut:
            zh += f"其中 {fit.cut} 处末尾有半个字。"
            en += f" {fit.cut} end in half a character."
    return Finding("bytes", fit.name, fit.name == chosen, zh, en)


def _register(fit: _Fit, *, agrees: bool) -> Finding:
    return Finding(
        "names",
        str(fit.known),
        agrees,
        f"按 {_called(fit.name)} 读，有 {fit.known} 处与登记的名称相同。",
        f"Read as {_called(fit.name)}, {fit.known} texts are names of the register.",
    )
