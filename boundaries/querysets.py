"""All reads of the register that carry meaning: on a day, as known at a moment, under a division.

"Current" always means what we hold today (recording time without an end); legal time is asked for by `on`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Self

from django.db import connection, models
from django.db.models import OuterRef, Q, Subquery

if TYPE_CHECKING:
    from boundaries.models import Division


class TwoClockQuerySet(models.QuerySet):
    """Filters shared by everything with `valid` (legal time) and `recorded` (recording time)."""

    def current(self) -> Self:
        """What we hold today."""
        return self.filter(recorded__upper_inf=True)

    def known_at(self, moment: datetime) -> Self:
        """What we held at `moment` (aware datetime)."""
        return self.filter(recorded__contains=moment)

    def in_force(self, day: date) -> Self:
        """What the law said of `day`, whatever the recording time; combine with `current` or `known_at`."""
        return self.filter(valid__contains=day)

    def on(self, day: date) -> Self:
        """What held on `day`, as we know it today."""
        return self.current().in_force(day)


class DivisionQuerySet(models.QuerySet):
    pass


class DivisionRecordQuerySet(TwoClockQuerySet):
    def under(self, division: Division | int, day: date, *, itself: bool = True) -> Self:
        """Records of the divisions that lay under `division` on `day` (all levels below), as we know it today."""
        root = division if isinstance(division, int) else division.pk
        return self.filter(division__in=subtree_ids(root, day) if itself else subtree_ids(root, day)[1:])

    def with_code(self, day: date, authority: str | None = None) -> Self:
        """Annotates `code` and `code_authority` on `day`: the legal code where there is one, else the statistical one."""
        from boundaries.models import DivisionCode

        codes = DivisionCode.objects.on(day).filter(division=OuterRef("division"))
        if authority:
            codes = codes.filter(authority=authority)
        first = codes.order_by("authority")  # 'mca' sorts before 'nbs'
        return self.annotate(code=Subquery(first.values("code")[:1]), code_authority=Subquery(first.values("authority")[:1]))

    def matching(self, text: str, day: date) -> Self:
        """Records whose name contains `text`, or one of whose codes begins with it."""
        from boundaries.models import DivisionCode

        wanted = text.strip()
        condition = Q(name__icontains=wanted)
        if wanted.isdigit():
            condition |= Q(division__in=DivisionCode.objects.on(day).filter(code__startswith=wanted).values("division"))
        return self.filter(condition)


class DivisionCodeQuerySet(TwoClockQuerySet):
    pass


def subtree_ids(root: int, day: date) -> list[int]:
    """Ids of `root` and every division under it on `day`, the root first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE tree (id, depth) AS (
                SELECT %s::bigint, 0
                UNION ALL
                SELECT r.division_id, tree.depth + 1
                FROM boundaries_divisionrecord r JOIN tree ON r.parent_id = tree.id
                WHERE upper_inf(r.recorded) AND r.valid @> %s::date AND tree.depth < 8
            )
            SELECT id FROM tree ORDER BY depth, id
            """,
            [root, day],
        )
        return [row[0] for row in cursor.fetchall()]


def reach_ids(root: int, day: date) -> list[int]:
    """Ids of `root` and of every division under it on `day`, and of those that are no more and lay there last: what `lines_of`
    says upwards, asked downwards.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE tree (id, depth) AS (
                SELECT %(root)s::bigint, 0
                UNION
                SELECT r.division_id, tree.depth + 1
                FROM boundaries_divisionrecord r JOIN tree ON r.parent_id = tree.id
                WHERE upper_inf(r.recorded) AND tree.depth < 8 AND (r.valid @> %(day)s::date OR NOT EXISTS (
                    SELECT 1 FROM boundaries_divisionrecord o
                    WHERE o.division_id = r.division_id AND upper_inf(o.recorded)
                    AND (o.valid @> %(day)s::date OR coalesce(upper(o.valid), 'infinity') > coalesce(upper(r.valid), 'infinity'))
                ))
            )
            SELECT id FROM tree GROUP BY id ORDER BY min(depth), id
            """,
            {"root": root, "day": day},
        )
        return [row[0] for row in cursor.fetchall()]


def ancestor_ids(division: int, day: date) -> list[int]:
    """Ids of `division` and of everything above it on `day`, the division first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line (id, depth) AS (
                SELECT %s::bigint, 0
                UNION ALL
                SELECT r.parent_id, line.depth + 1
                FROM boundaries_divisionrecord r JOIN line ON r.division_id = line.id
                WHERE r.parent_id IS NOT NULL AND upper_inf(r.recorded) AND r.valid @> %s::date AND line.depth < 8
            )
            SELECT id FROM line ORDER BY depth
            """,
            [division, day],
        )
        return [row[0] for row in cursor.fetchall()]


def lines_of(divisions: Iterable[int], day: date) -> dict[int, list[tuple[int, str, int]]]:
    """(id, name, level) of each division and of everything above it, itself first. One query for any number of them.

    What is in force on `day`; a division that is no more stands where it stood last.
    """
    wanted = sorted(set(divisions))
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH RECURSIVE line (root, id, depth) AS (
                SELECT id, id, 0 FROM unnest(%s::bigint[]) AS wanted (id)
                UNION ALL
                SELECT line.root, r.parent_id, line.depth + 1 FROM line, LATERAL (
                    SELECT parent_id FROM boundaries_divisionrecord
                    WHERE division_id = line.id AND upper_inf(recorded)
                    ORDER BY valid @> %s::date DESC, upper(valid) DESC NULLS FIRST LIMIT 1
                ) r WHERE r.parent_id IS NOT NULL AND line.depth < 8
            )
            SELECT line.root, line.id, r.name, r.level FROM line, LATERAL (
                SELECT name, level FROM boundaries_divisionrecord
                WHERE division_id = line.id AND upper_inf(recorded)
                ORDER BY valid @> %s::date DESC, upper(valid) DESC NULLS FIRST LIMIT 1
            ) r ORDER BY line.root, line.depth
            """,
            [wanted, day, day],
        )
        found: dict[int, list[tuple[int, str, int]]] = {}
        for root, *unit in cursor.fetchall():
            found.setdefault(root, []).append((unit[0], unit[1], unit[2]))
        return found
