"""The encoding of a whole text file, decided in one pass over its bytes, and its text in pieces. Memory stays flat.

`text` and what stands behind it weigh the cells of a table, which are short and many; a file that streams is weighed here.
"""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from django.utils.translation import gettext as _

from importers.readers import text
from importers.readers.errors import refuse
from importers.readers.table import Encoding
from importers.readers.text import GB18030, UTF_8

UTF_16_LE: Final = "utf-16-le"
UTF_16_BE: Final = "utf-16-be"
_MARKS: Final = ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, UTF_16_LE), (codecs.BOM_UTF16_BE, UTF_16_BE))
_HEAD_BYTES: Final = 4096

Chunks = Callable[[], Iterable[bytes]]


def decide_text(chunks: Chunks, declared: str = "", declared_how: str = "", asked: str = "", *, strict: bool = False) -> Encoding:
    """The encoding of a whole text file. `chunks()` gives its bytes from the start, each time it is called; memory stays flat.

    A byte-order mark decides; then zeros at every other byte (UTF-16 without a mark); then bytes that are good UTF-8, what is
    declared, GB18030, whichever fits first. `how` is bom, zeros, ascii, bytes, the `declared_how` given, asked, or damaged: no
    encoding fits and the likeliest was taken, which is an error (undecodable_text) where `strict`.
    """
    head = b""
    for chunk in chunks():
        head += chunk
        if len(head) >= _HEAD_BYTES:
            break
    head = head[:_HEAD_BYTES]
    if asked:
        return text.decide([], asked=asked)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return Encoding(name, "bom", _conflict_of_family(declared, name, declared_how))
    if name := utf_16_by_zeros(head):
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


def utf_16_by_zeros(head: bytes) -> str:
    """UTF-16 without a mark has ASCII (digits, separators, line ends) as pairs with a zero."""
    if len(head) < 4 or b"\x00" not in head:
        return ""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = len(head) // 2
    if odd > 0.2 * half and even * 10 < odd:
        return UTF_16_LE
    return UTF_16_BE if even > 0.2 * half and odd * 10 < even else ""


def _undecodable() -> Exception:
    return refuse("undecodable_text", _("文字既不是 UTF-8 也不是 GB18030（GBK）编码，请用 --encoding 指明。"))


def _conflict(declared: str, actual: str, how: str) -> str:
    return f"{how}={declared}" if declared and declared != actual else ""


def _conflict_of_family(declared: str, actual: str, how: str) -> str:
    """“UTF-16” without a byte order contradicts neither of the two."""
    return "" if declared.startswith("utf-16") and actual.startswith("utf-16") else _conflict(declared, actual, how)
