"""The errors people can be told about.

Everything a user can cause is a `DomainError`: a stable code for programs, a sentence for people, and the HTTP status that fits.
Anything else that escapes is a defect of ours and is logged as such.
"""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal with a reason.

    `code` is stable, lower case with underscores; `message` a full sentence in the reader's language (lazy translations welcome);
    `details` further values for programs.
    """

    status = 400

    def __init__(self, code: str, message: str | Promise, **details: Any) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.details = details

    def __str__(self) -> str:
        return str(self.message)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "message": str(self.message), **self.details}


class NotLoggedInError(DomainError):
    status = 401


class NotFoundError(DomainError):
    status = 404


class ForbiddenError(DomainError):
    status = 403


class ConflictError(DomainError):
    """Somebody else changed the thing in the meantime, or it is in a state that does not allow the step."""

    status = 409


class InvalidInputError(DomainError):
    """Input that cannot be used; `fields` maps a field to its sentences."""

    status = 422

    def __init__(self, code: str, message: str | Promise, fields: dict[str, list[str]] | None = None, **details: Any) -> None:
        super().__init__(code, message, **({"fields": fields} if fields else {}), **details)
        self.fields = fields or {}
