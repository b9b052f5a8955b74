"""The encoding of a table for those who must have one: the verdict of `evidence`, or a refusal."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.utils.translation import gettext_lazy as _

from importers.readers.errors import refuse
from importers.readers.evidence import GB18030, LANGUAGE_DRIVERS, UTF_8, Claim, decode, encoding_named, weigh
from importers.readers.table import Encoding

__all__ = ["GB18030", "LANGUAGE_DRIVERS", "UTF_8", "decide", "decode", "encoding_named", "settle"]


def decide(samples: Iterable[bytes], declared: str = "", declared_how: str = "", asked: str = "") -> Encoding:
    """The encoding of a table from its non-ASCII cells and what is declared. Raises `InvalidInputError` (undecodable_text,
    unknown_encoding).
    """
    claims = [Claim.of(declared_how, declared)] if declared else []
    return settle(samples, claims, asked=asked)


def settle(samples: Iterable[bytes], claims: Sequence[Claim] = (), known: Collection[str] = (), asked: str = "") -> Encoding:
    """`evidence.weigh`, where a table cannot be read without an answer. Raises `InvalidInputError` as `decide`."""
    if asked:
        if encoding_named(asked) is None:
            raise refuse("unknown_encoding", _("不认识字符编码“%(name)s”。请写 UTF-8、GBK 或 GB18030。"), name=asked[:40])
        claims = [Claim.of("asked", asked), *claims]
    verdict = weigh(samples, claims, known)
    if verdict.name is None:
        raise refuse(
            "undecodable_text",
            _("文字既不是 UTF-8 也不是 GB18030（GBK）编码，请用 --encoding 指明。"),
            evidence=[finding.as_dict() for finding in verdict.findings],
        )
    return Encoding(verdict.name, verdict.how, verdict.conflict, verdict.confidence, verdict.findings)
