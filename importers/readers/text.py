"""Which encoding are these bytes in? UTF-8 and GB18030 are told apart by the bytes; labels (.cpg, LDID, XML) are known to lie.

`decide` is for the cells of a table that has no other text; `decide_text` is for a whole text file and reads it once, in pieces.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterable, Iterator

from django.utils.translation import gettext as _

from importers.readers.errors import refuse
from importers.readers.table import Encoding

GB18030, UTF_8, UTF_16_LE, UTF_16_BE = "gb18030", "utf-8", "utf-16-le", "utf-16-be"

# Code pages as .cpg files, XML declarations and people write them.
_ALIASES = {
    **dict.fromkeys(["gbk", "936", "cp936", "gb2312", "gb18030", "54936", "ansi 936", "ansi936", "hz-gb-2312", "euc-cn"], GB18030),
    **dict.fromkeys(["utf-8", "utf8", "65001"], UTF_8),
    **dict.fromkeys(["big5", "big-5", "950", "cp950", "ansi 950"], "big5hkscs"),
}
# Text encodings that offices meet. Python knows more (rot13, punycode, unicode_escape, utf-7 …), and none of those is meant.
_KNOWN = re.compile(
    r"utf-8|utf-16(-le|-be)?|ascii|gb2312|gbk|gb18030|big5(hkscs)?|shift_jis|euc_(jp|kr|jis_2004)|cp949|cp932"
    r"|iso8859-\d+|cp(125\d|437|850|866|874)|koi8-[ru]|mac-roman"
)
# Language driver of a .dbf (byte 29) that name a Chinese code page.
LANGUAGE_DRIVERS = {0x4D: GB18030, 0x7A: GB18030, 0x4F: "big5hkscs", 0x78: "big5hkscs"}
_MARKS = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16_LE), (codecs.BOM_UTF16_BE, UTF_16_BE))
_HEAD_BYTES = 4096

Chunks = Callable[[], Iterable[bytes]]


def encoding_named(text: str) -> str | None:
    """Python's name of an encoding as files and people call it; None for an unknown one."""
    plain = text.strip().strip("\ufeff\x00").lower()
    if plain in _ALIASES:
        return _ALIASES[plain]
    try:
        name = codecs.lookup(plain).name
    except (LookupError, ValueError):
        return None
    return name if _KNOWN.fullmatch(name) else None


def decide(samples: Iterable[bytes], declared: str = "", declared_how: str = "", asked: str = "") -> Encoding:
    """The encoding of a table from its non-ASCII cells.

    What a person asked for is taken. Else bytes that are good UTF-8 are UTF-8 (Chinese text in GB18030 practically never is);
    else what is declared, if it fits; else GB18030, if it fits. Raises `InvalidInputError` (undecodable_text, unknown_encoding).
    """
    if asked:
        return _asked(asked)
    marked = [sample for sample in samples if not sample.isascii()]
    if not marked:
        return Encoding(declared or UTF_8, declared_how or "ascii")
    if all(_fits(sample, UTF_8) for sample in marked):
        return Encoding(UTF_8, declared_how if declared == UTF_8 else "bytes", _conflict(declared, UTF_8, declared_how))
    for name, how in ((declared, declared_how), (GB18030, "bytes")):
        if name and all(_fits(sample, name) for sample in marked):
            return Encoding(name, how, "" if name == declared else _conflict(declared, name, declared_how))
    raise _undecodable()


def decide_text(chunks: Chunks, declared: str = "", declared_how: str = "", asked: str = "", *, strict: bool = False) -> Encoding:
    """The encoding of a whole text file. `chunks()` gives its bytes from the start, each time it is called; memory stays flat.

    A byte-order mark decides; then zeros at every other byte (UTF-16 without a mark); then the bytes as in `decide`. `how` is
    utf-8-bom, utf-16-bom, zeros, ascii, bytes, the `declared_how` given, asked, or damaged: no encoding fits and the likeliest
    was taken, which is an error (undecodable_text) where `strict`.
    """
    head = b""
    for chunk in chunks():
        head += chunk
        if len(head) >= _HEAD_BYTES:
            break
    head = head[:_HEAD_BYTES]
    if asked:
        return _asked(asked)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, "utf-8-bom" if name == UTF_8 else "utf-16-bom", _conflict_of_family(declared, name, declared_how))
    if name := _by_zeros(head):
        return Encoding(name, "zeros", _conflict_of_family(declared, name, declared_how))
    if declared.startswith("utf-16"):
        declared, declared_how, lied = "", "", f"{declared_how}={declared}"
    else:
        lied = ""
    fitting = _Fitting(chunks, list(dict.fromkeys(filter(None, (UTF_8, declared, GB18030)))))
    if fitting.ascii:
        return Encoding(declared or UTF_8, declared_how or "ascii", lied)
    for name in fitting.names:
        how = declared_how if name == declared else "bytes"
        return Encoding(name, how, lied or _conflict(declared, name, declared_how))
    if strict:
        raise _undecodable()
    return Encoding(declared or (UTF_8 if fitting.mostly_utf_8 else GB18030), "damaged", lied)


def decoded(chunks: Iterable[bytes], encoding: str) -> Iterator[str]:
    """Text in pieces, without a byte-order mark; what cannot be decoded becomes U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    first = True
    for chunk in chunks:
        words = decoder.decode(chunk)
        if words and first:
            first, words = False, words.removeprefix("\ufeff")
        if words:
            yield words
    if words := decoder.decode(b"", final=True):
        yield words


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Text, and whether a character at the very end was cut in half (fixed-width tables do that); the half is left out."""
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError as error:
        if len(raw) - error.start <= 3:
            return raw[: error.start].decode(encoding), True
        return raw.decode(encoding, "replace"), False


class _Fitting:
    """One pass over the bytes with every candidate at once: which fit to the end, whether all is ASCII, and how good UTF-8 is.

    A character cut at the very end speaks against no encoding: files break off anywhere.
    """

    def __init__(self, chunks: Chunks, candidates: list[str]) -> None:
        self.ascii = True
        trying = {name: codecs.getincrementaldecoder(name)(errors="strict") for name in candidates}
        loose = codecs.getincrementaldecoder(UTF_8)(errors="replace")
        good = bad = 0
        for chunk in chunks():
            if chunk.isascii() and self.ascii:
                continue
            self.ascii = False
            for name in list(trying):
                try:
                    trying[name].decode(chunk)
                except UnicodeDecodeError:
                    del trying[name]
            words = loose.decode(chunk)
            lost = words.count("\ufffd")
            bad += lost
            good += (len(words.encode()) - len(words)) // 2 - lost  # a Chinese character has two bytes more than one
        self.names = [name for name in candidates if name in trying]
        self.mostly_utf_8 = good > 10 * bad
        if self.mostly_utf_8 and UTF_8 not in self.names and GB18030 in self.names:
            self.names = []  # a damaged byte or two in UTF-8 happens to be readable as GB18030, and means nothing there


def _by_zeros(head: bytes) -> str:
    """UTF-16 without a mark has ASCII (digits, separators, line ends) as pairs with a zero."""
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.2 * half and even * 10 < odd:
        return UTF_16_LE
    return UTF_16_BE if even > 0.2 * half and odd * 10 < even else ""


def _asked(asked: str) -> Encoding:
    name = encoding_named(asked)
    if name is None:
        raise refuse("unknown_encoding", _("不认识字符编码“%(name)s”。请写 UTF-8、GBK 或 GB18030。"), name=asked[:40])
    return Encoding(name, "asked")


def _undecodable() -> Exception:
    return refuse("undecodable_text", _("文字既不是 UTF-8 也不是 GB18030（GBK）编码，请用 --encoding 指明。"))


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        text, cut = decode(raw, encoding)
    except UnicodeDecodeError:
        return False
    # One byte that is no character at the end may be a cut one; anything else must decode.
    return "\ufffd" not in text and (not cut or len(text) > 0)


def _conflict(declared: str, actual: str, how: str) -> str:
    return f"{how}={declared}" if declared and declared != actual else ""


def _conflict_of_family(declared: str, actual: str, how: str) -> str:
    """“UTF-16” without a byte order contradicts neither of the two."""
    return "" if declared.startswith("utf-16") and actual.startswith("utf-16") else _conflict(declared, actual, how)
