"""XML made safe to parse: no DOCTYPE, therefore no entities, and in UTF-8 whatever the file is written in."""

from __future__ import annotations

import codecs
import re
from pathlib import Path
from xml.parsers import expat

from django.utils.translation import gettext_lazy as _

from importers.readers.errors import not_a_format, refuse
from importers.readers.evidence import UTF_8, Claim, Verdict, weigh
from importers.readers.table import Encoding

_DECLARATION = re.compile(rb"""^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']""")
_ENCODING = re.compile(r"""(<\?xml[^>]{0,200}?encoding\s*=\s*)(["'])[\w.:-]{1,40}\2""")
_CHUNK = 1024 * 1024
_SAMPLE_BYTES = 4 * 1024 * 1024


class _RootSeen(Exception):
    pass


def in_utf_8(path: Path, folder: Path, name: str) -> tuple[Path, Encoding]:
    """The file itself where it is UTF-8, else a copy in UTF-8 in `folder`; and how its encoding was decided.

    Raises `InvalidInputError`: xml_doctype, undecodable_text, unreadable_file.
    """
    with path.open("rb") as handle:
        head = handle.read(_SAMPLE_BYTES)
    encoding = _decided(head, whole=path.stat().st_size <= len(head), name=name)
    declared = _DECLARATION.match(head.removeprefix(codecs.BOM_UTF8))
    if encoding.name != UTF_8 or (declared and declared[1].lower() not in {b"utf-8", b"utf8", b"us-ascii"}):
        path = _recoded(path, folder / f"utf8{path.suffix.lower()}", encoding.name, name)
    _refuse_doctype(path, name)
    return path, encoding


def _decided(head: bytes, *, whole: bool, name: str) -> Encoding:
    for mark, codec in ((codecs.BOM_UTF8, UTF_8), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return _encoding(weigh([], [Claim(f"{codec}-bom", codec.upper(), codec)]))
    if head.startswith(b"<\x00"):
        return Encoding("utf-16-le", "bytes", confidence="likely")
    declared = _DECLARATION.match(head)
    claims = [Claim.of("xml", declared[1].decode("ascii"))] if declared else []
    # Up to the last line that is whole, so that the end of the sample cuts no character.
    sample = head if whole else head[: head.rfind(b"\n") + 1] or head
    verdict = weigh(sample.split(b"\n"), claims)
    if verdict.name is None:
        raise refuse("undecodable_text", _("“%(name)s”的文字既不是声明的编码，也不是 UTF-8 或 GB18030（GBK）。"), name=name)
    return _encoding(verdict)


def _encoding(verdict: Verdict) -> Encoding:
    return Encoding(verdict.name or UTF_8, verdict.how, verdict.conflict, verdict.confidence, verdict.findings)


def _recoded(path: Path, target: Path, encoding: str, name: str) -> Path:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        with path.open("rb") as origin, target.open("wb") as sink:
            first = True
            while chunk := origin.read(_CHUNK):
                text = decoder.decode(chunk)
                sink.write((_ENCODING.sub(r"\1\2UTF-8\2", text, count=1) if first else text).encode())
                first = False
            sink.write(decoder.decode(b"", final=True).encode())
    except (UnicodeError, LookupError) as error:
        raise not_a_format("unreadable_file", name) from error
    return target


def _refuse_doctype(path: Path, name: str) -> None:
    """Parses up to the root element, which a DOCTYPE must precede."""
    parser = expat.ParserCreate()

    def doctype(*_arguments: object) -> None:
        raise refuse("xml_doctype", _("“%(name)s”里有 DOCTYPE（可以夹带实体），不予读取。请去掉后再导入。"), name=name)

    def root(*_arguments: object) -> None:
        raise _RootSeen

    parser.StartDoctypeDeclHandler = doctype
    parser.StartElementHandler = root
    try:
        with path.open("rb") as handle:
            parser.ParseFile(handle)
    except _RootSeen:
        return
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise not_a_format("unreadable_file", name) from error
