"""Words and chips for the classes and targets that a stored preview names by key."""

from __future__ import annotations

from django import template

from boundaries import wording

register = template.Library()


@register.filter
def class_words(key: str) -> str:
    return str(wording.CLASSES.get(key, key))


@register.filter
def class_chip(key: str) -> str:
    return wording.CHIPS.get(key, "neutral")


@register.filter
def target_words(key: str) -> str:
    return str(wording.TARGETS.get(key, key))
