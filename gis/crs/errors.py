"""The one error of this package; it knows nothing of Django, so it carries its sentence in both languages."""

from __future__ import annotations


class CrsError(ValueError):
    """A reference system that is unknown, or that nothing can be transformed from.

    `code` is one of `unknown_crs`, `unsupported_crs`, `transform_failed`; `text` is what was asked for, shortened.
    """

    def __init__(self, code: str, text: str, message_zh: str, message_en: str) -> None:
        super().__init__(message_en)
        self.code = code
        self.text = text
        self.message_zh = message_zh
        self.message_en = message_en
