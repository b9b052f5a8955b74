"""What is known of a name and what is not, said as plainly as what is: which fields are empty, which sources disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from placenames.archive_history import Called
from placenames.archive_page import NamePage
from placenames.models import CensusEntry, FormKind, SpelledBy, TextKind
from placenames.rules.archive_fields import fields_seen

# Texts of the archive and the field of the census form that asks the same.
CENSUS_OF = {TextKind.ORIGIN: "origin", TextKind.MEANING: "meaning", TextKind.HISTORY: "history", TextKind.STORY: "story"}


@dataclass(frozen=True)
class Known:
    """`missing`, `open`, `disagree`: sentences; `census`: what the census form tells besides, `empty` its fields that are empty,
    by their titles.
    """

    missing: list[str]
    open: list[str]
    disagree: list[str]
    census: list[tuple[str, str]]
    empty: list[str]


def known_of(page: NamePage) -> Known:
    asked = [name for name in fields_seen("census", page.subject.audience) if name not in CENSUS_OF.values()]
    titles = {one.name: str(one.verbose_name) for one in CensusEntry._meta.fields}
    return Known(
        missing=list(_missing(page)),
        open=list(_open(page)),
        disagree=[*_written_otherwise(page), *_at_the_same_time(page), *_told_twice(page)],
        census=[(titles[name], str(page.census[name])) for name in asked if name in page.census],
        empty=[titles[name] for name in asked if name not in page.census],
    )


def _missing(page: NamePage) -> Iterator[str]:
    told = {one.kind for one in page.texts}
    for kind, field in CENSUS_OF.items():
        if kind not in told and field not in page.census:
            yield _("没有登记%(what)s。") % {"what": TextKind(kind).label}
    if not page.audio:
        yield _("没有读音录音。")
    if page.location is None:
        yield _("没有位置。")
    if not page.photos:
        yield _("没有照片。")
    if not any(one.citations for one in page.texts):
        yield _("没有引用文献。")


def _open(page: NamePage) -> Iterator[str]:
    if page.spelled_by == SpelledBy.PROPOSED:
        yield _("拼写按规则提议，读音还没有人认定。")
    if page.facts.get("status") == "in_use":
        yield _("现今在用，没有见到批准为标准地名的文件。")
    if page.observed:
        yield _("何时开始使用这个名称，资料没有说明，只知道最早见于记录的时间。")
    if page.facts.get("location_grade") in ("indicative", "invented"):
        yield _("位置为示意，没有实测。")
    undated = [one.text for one in page.called if one.years == (None, None) and one.kind not in ("standard", FormKind.MISSPELT)]
    if undated:
        yield _("使用年代不详：%(names)s。") % {"names": _("、").join(dict.fromkeys(undated))}
    for one in page.texts:
        if not one.citations:
            yield _("“%(what)s”没有注明出处。") % {"what": one.label}


def _written_otherwise(page: NamePage) -> Iterator[str]:
    for one in page.called:
        if one.kind == FormKind.MISSPELT:
            yield _("%(source)s写作“%(form)s”，疑为误写。") % {"source": one.source, "form": one.text}
        elif one.kind == FormKind.VARIANT:
            yield _("%(source)s写作“%(form)s”。") % {"source": one.source, "form": one.text}


def _at_the_same_time(page: NamePage) -> Iterator[str]:
    """Two different names of one time, each said by a source to have been the name."""
    named = [one for one in page.called if one.kind in ("standard", FormKind.FORMER) and None not in one.years]
    for at, one in enumerate(named):
        for other in named[at + 1 :]:
            if one.text != other.text and _overlap(one, other):
                yield _("同一时期有两种说法：“%(one)s”（%(first)s）与“%(other)s”（%(second)s）。") % {
                    "one": one.text,
                    "first": one.source,
                    "other": other.text,
                    "second": other.source,
                }


def _overlap(one: Called, other: Called) -> bool:
    return (one.years[0] or 0) < (other.years[1] or 0) and (other.years[0] or 0) < (one.years[1] or 0)


def _told_twice(page: NamePage) -> Iterator[str]:
    for one in page.texts:
        field = CENSUS_OF.get(TextKind(one.kind))
        if field and (census := page.census.get(field)) and census.strip() != one.body.strip():
            yield _("“%(what)s”：普查登记与本档案的说法不同，两者都列在上面。") % {"what": one.label}
