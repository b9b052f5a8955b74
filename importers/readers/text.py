"""Which encoding are these bytes in? UTF-8 and GB18030 are told apart by the bytes; labels (.cpg, LDID) are known to lie."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable

from django.utils.translation import gettext as _

from importers.readers.errors import refuse
from importers.readers.table import Encoding

GB18030, UTF_8 = "gb18030", "utf-8"

# Code pages as .cpg files and people write them.
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
        name = encoding_named(asked)
        if name is None:
            raise refuse("unknown_encoding", _("不认识字符编码“%(name)s”。请写 UTF-8、GBK 或 GB18030。"), name=asked[:40])
        return Encoding(name, "asked")
    marked = [sample for sample in samples if not sample.isascii()]
    if not marked:
        return Encoding(declared or UTF_8, declared_how or "ascii")
    if all(_fits(sample, UTF_8) for sample in marked):
        return Encoding(UTF_8, declared_how if declared == UTF_8 else "bytes", _conflict(declared, UTF_8, declared_how))
    for name, how in ((declared, declared_how), (GB18030, "bytes")):
        if name and all(_fits(sample, name) for sample in marked):
            return Encoding(name, how, "" if name == declared else _conflict(declared, name, declared_how))
    raise refuse("undecodable_text", _("文字既不是 UTF-8 也不是 GB18030（GBK）编码，请用 --encoding 指明。"))


def decode(raw: bytes, encoding: str) -> tuple[str, bool]:
    """Text, and whether a character at the very end was cut in half (fixed-width tables do that); the half is left out."""
    try:
        return raw.decode(encoding), False
    except UnicodeDecodeError as error:
        if len(raw) - error.start <= 3:
            return raw[: error.start].decode(encoding), True
        return raw.decode(encoding, "replace"), False


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        text, cut = decode(raw, encoding)
    except UnicodeDecodeError:
        return False
    # One byte that is no character at the end may be a cut one; anything else must decode.
    return "\ufffd" not in text and (not cut or len(text) > 0)


def _conflict(declared: str, actual: str, how: str) -> str:
    return f"{how}={declared}" if declared and declared != actual else ""
