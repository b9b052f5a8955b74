"""What forms and services have to say to each other."""

from __future__ import annotations

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
