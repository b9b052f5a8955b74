"""An encoding as plain data: how sure it is and why, in both languages; one form for vectors, tables and tracks."""

from __future__ import annotations

from typing import Any, Final

from importers.readers.evidence import Confidence
from importers.readers.table import Encoding

# How sure is how sure, as numbers for those who compare; the words are what is meant.
SURE: Final[dict[str, float]] = {"certain": 0.99, "likely": 0.9, "possible": 0.5, "undetermined": 0.0}
# What decided, where the reader weighed no single findings: certainty, sentence.
_WHY: Final[dict[str, tuple[Confidence, str, str]]] = {
    "asked": ("certain", "由人指定。", "A person said so."),
    "bom": ("certain", "文件开头有字节顺序标记。", "The file begins with a byte-order mark."),
    "utf-8-bom": ("certain", "文件开头有字节顺序标记。", "The file begins with a byte-order mark."),
    "utf-16-bom": ("certain", "文件开头有字节顺序标记。", "The file begins with a byte-order mark."),
    "zeros": ("likely", "每隔一个字节为零，是 UTF-16 的样子。", "Every other byte is zero, as in UTF-16."),
    "ascii": ("certain", "全部是 ASCII 字符，用哪种编码都一样。", "All is ASCII, the same in every encoding."),
    "standard": ("certain", "这种格式规定用 UTF-8。", "The format prescribes UTF-8."),
    "xml": ("certain", "文件自己声明，字节也相符。", "Declared by the file, and the bytes fit."),
    "bytes": ("likely", "字节符合这种编码，没有更合适的。", "The bytes fit this encoding and no better one."),
    "damaged": ("possible", "没有一种编码完全相符，取最可能的。", "No encoding fits all bytes; the likeliest was taken."),
}


def encoding_as_dict(encoding: Encoding | None) -> dict[str, Any]:
    if encoding is None:
        return {"name": None, "confidence": 0.0, "certainty": "undetermined", "how": "", "conflict": "", "evidence": []}
    certainty, zh, en = _WHY.get(encoding.how, _WHY["standard"])
    evidence = [finding.as_dict() for finding in encoding.findings]
    if evidence or encoding.how not in _WHY:
        certainty = encoding.confidence
    if not evidence:
        evidence = [{"what": encoding.how, "says": encoding.name, "agrees": True, "message": zh, "message_en": en}]
        if encoding.conflict:
            against = f"与声明（{encoding.conflict}）不符。", f"Against what is declared ({encoding.conflict})."
            label = {"what": "label", "says": encoding.conflict, "agrees": False, "message": against[0], "message_en": against[1]}
            evidence.append(label)
    return {
        "name": encoding.name,
        "confidence": SURE[certainty],
        "certainty": certainty,
        "how": encoding.how,
        "conflict": encoding.conflict,
        "evidence": evidence,
    }
