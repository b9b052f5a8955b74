"""What forms and services have to say to each other."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from django.forms import BaseForm

from gis.errors import DomainError, InvalidInputError


def show_refusal(form: BaseForm, refusal: DomainError) -> None:
    """Puts a service's refusal where the reader looks: at its fields where it names some that the form has, else above the form."""
    named = {field: words for field, words in refusal.details.get("fields", {}).items() if field in form.fields}
    for field, words in named.items():
        for sentence in words:
            form.add_error(field, sentence)
    if not named:
        form.add_error(None, str(refusal.message))


def first_error(form: BaseForm) -> InvalidInputError:
    """The first thing wrong with a form that has no place of its own on the page."""
    name, errors = next(iter(form.errors.items()))
    label = form.fields[name].label if name in form.fields else ""
    return InvalidInputError("bad_form", f"{label}：{errors[0]}" if label else str(errors[0]))


class attempt:
    """A deed asked for by a form. Its refusal is kept for the page to show again what was typed: `refused`, None once it is done.

    ::

        with attempt() as tried:
            service(person(request), …)
        if tried.refused is not None:
            return show(request, refused=tried.refused)

    Who may not do it at all gets the error page: 403 is never kept, for a form has nothing to correct then.
    """

    def __init__(self) -> None:
        self.refused: DomainError | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> bool:
        if not isinstance(error, DomainError) or error.status == 403:
            return False
        self.refused = error
        return True
