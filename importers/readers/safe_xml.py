"""XML in pieces. What is not wanted of XML never reaches the parser.

A file is decoded by us (expat knows neither GBK nor what a label hides), its prolog is looked at, and a document type, with
which every known attack begins (entities that grow, entities that are files or addresses), is a refusal. What is left goes to
defusedxml's parser, which would refuse the same once more, and calls a `Handler` per element. Nothing is kept of an element
that has ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser
from django.utils.translation import gettext as _

from gis.errors import InvalidInputError
from importers.readers import text, text_files
from importers.readers.errors import not_a_format, refuse
from importers.readers.findings import Findings
from importers.readers.source import Source, say_encoding
from importers.readers.table import Encoding

MAX_PROLOG: Final = 64 * 1024
MAX_DEPTH: Final = 100
_DECLARED: Final = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._:-]{1,40})["']""")
_ROOT: Final = re.compile(r"<([^\s/>!?]+)")
# What expat says where the text simply ends: no element found, unclosed token, partial character.
_AT_THE_END: Final = {3, 5, 6}


class Handler:
    """Called per element with its local name (namespaces are often missing or wrong). `line` is where the parser is.

    `text` is what stood between start and end of the element that ends; only kept for elements for which `opened` gives true.
    """

    line = 0

    def opened(self, name: str, attributes: dict[str, str]) -> bool:
        raise NotImplementedError

    def closed(self, name: str, text: str) -> None:
        raise NotImplementedError

    def words(self, text: str) -> bool:
        """Text while it comes; true if it was taken and must not be kept. For elements that may be long."""
        return False


class _Target:
    """What the parser calls; keeps the stack of names and the text of the innermost wanted element."""

    def __init__(self, handler: Handler) -> None:
        self.handler = handler
        self.parser: Any = None
        self._names: dict[str, str] = {}
        self._stack: list[str] = []
        self._text: list[str] | None = None
        self._kept = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._names.get(tag)
        if name is None:
            name = tag.rpartition("}")[2].rpartition(":")[2]
            if len(self._names) < 1000:
                self._names[tag] = name
        self._stack.append(name)
        if len(self._stack) > MAX_DEPTH:
            raise refuse("xml_too_deep", _("XML 嵌套超过 %(limit)s 层，不予读取。"), limit=MAX_DEPTH)
        self.handler.line = self.parser.CurrentLineNumber
        self._text, self._kept = ([] if self.handler.opened(name, attributes) else None), 0

    def data(self, words: str) -> None:
        if self._text is not None and not self.handler.words(words) and self._kept < MAX_PROLOG:
            self._kept += len(words)
            self._text.append(words)

    def end(self, tag: str) -> None:
        self.handler.line = self.parser.CurrentLineNumber
        words, self._text = "".join(self._text or ()), None
        self.handler.closed(self._stack.pop(), words)

    def close(self) -> None:
        return None


def root_of(source: Source) -> str:
    """Local name of the root element; "" when this is no XML. Raises `InvalidInputError` (xml_doctype)."""
    head = source.head(MAX_PROLOG * 2)
    found = text_files.decide_text(lambda: [head], *_declared_by(head))
    words = "".join(text_files.decoded([head], found.name)).lstrip()
    if not words.startswith("<"):
        return ""
    after = after_prolog(words, source.name)
    root = _ROOT.match(words, after) if after is not None else None
    return root[1].rpartition(":")[2] if root else ""


def refuse_doctype(source: Source) -> None:
    """Raises `InvalidInputError` (xml_doctype) if what begins like XML has a document type, in whatever encoding."""
    root_of(source)


def parse(source: Source, handler: Handler, findings: Findings) -> Encoding:
    """Streams the file through `handler`. Where the XML breaks, what came before stays, and a finding says so.

    Raises `InvalidInputError`: xml_doctype, xml_too_deep.
    """
    found, unknown = encoding_of(source)
    say_encoding(findings, found)
    if unknown:
        findings.add("encoding_unknown", declared=unknown, actual=found.name)
    target = _Target(handler)
    parser = DefusedXMLParser(target=target, encoding="utf-8", forbid_dtd=True)
    target.parser = parser.parser
    # expat calls us itself: the layer between, in Python, takes a fifth of reading a track. What refuses a document type stays.
    parser.parser.ordered_attributes = False
    parser.parser.StartElementHandler, parser.parser.EndElementHandler = target.start, target.end
    parser.parser.CharacterDataHandler = target.data
    try:
        for words in _past_prolog(text_files.decoded(source.chunks(), found.name), source.name):
            parser.feed(words.encode("utf-8", "replace"))
        parser.close()
    except ParseError as error:
        line = error.position[0] if error.position else handler.line
        if error.code in _AT_THE_END:
            findings.add("truncated", {"line": line})
        else:
            findings.add("broken", {"line": line}, reason=str(error).partition(":")[0])
    except DefusedXmlException as error:
        raise _doctype(source.name) from error
    return found


def encoding_of(source: Source) -> tuple[Encoding, str]:
    """The encoding of an XML file, and what it declares if nobody knows that."""
    declared, how = _declared_by(head := source.head(1024))
    stated = _stated(head)
    return text_files.decide_text(source.chunks, declared, how), "" if declared else stated


def _declared_by(head: bytes) -> tuple[str, str]:
    name = text.encoding_named(_stated(head))
    return (name, "xml") if name else ("", "")


def _stated(head: bytes) -> str:
    """The word of the XML declaration, which is ASCII in every encoding that matters, in UTF-16 with zeros between."""
    found = _DECLARED.match(head[:1024].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xfe\xff"))
    return found[1].decode("ascii") if found else ""


def after_prolog(words: str, name: str) -> int | None:
    """Where the root element begins; None if it is not in `words`. Raises `InvalidInputError` at a document type.

    The prolog is white space, comments and processing instructions; `<!DOCTYPE` anywhere else in it is one.
    """
    at = 0
    while at < len(words):
        if words[at].isspace():
            at += 1
        elif words.startswith("<!--", at) or words.startswith("<?", at):
            closing = "-->" if words.startswith("<!", at) else "?>"
            end = words.find(closing, at + 2)
            if end < 0:
                return None
            at = end + len(closing)
        elif words.startswith("<!", at):
            if len(words) - at < 9 and "<!DOCTYPE".startswith(words[at:]):
                return None
            raise _doctype(name)
        else:
            return at
    return None


def _past_prolog(pieces: Iterable[str], name: str) -> Iterator[str]:
    """The same pieces, the first of them held back until the prolog has been looked at. White space before it is left out."""
    waiting: str | None = ""
    for piece in pieces:
        if waiting is None:
            yield piece
            continue
        waiting += piece
        if after_prolog(waiting, name) is not None:
            yield waiting.lstrip()
            waiting = None
        elif len(waiting) > MAX_PROLOG:
            raise not_a_format("unreadable_file", name)
    if waiting:
        yield waiting.lstrip()


def _doctype(name: str) -> InvalidInputError:
    return refuse("xml_doctype", _("“%(name)s”含有文档类型声明（DOCTYPE），可能引用别处的内容，不予读取。"), name=name)
