"""The area is worked out by the application, and the constraints on codes compare numbers: what loading a province spent its time on."""

import django.contrib.postgres.constraints
from django.db import migrations, models
from django.db.models import F, Q
from django.db.models.functions import Cast

import boundaries.models.division_record


def one_at_a_time(name, key, authority):
    return migrations.AddConstraint(
        "divisioncode",
        django.contrib.postgres.constraints.ExclusionConstraint(
            name=name,
            expressions=[(key, "="), (F("valid"), "&&"), (F("recorded"), "&&")],
            condition=Q(authority=authority),
        ),
    )


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0003_map_shapes_for_tiles")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE boundaries_divisionrecord ALTER COLUMN area_m2 DROP EXPRESSION", migrations.RunSQL.noop
                ),
            ],
            state_operations=[
                migrations.RemoveField("divisionrecord", "area_m2"),
                migrations.AddField(
                    "divisionrecord",
                    "area_m2",
                    boundaries.models.division_record.GeodesicAreaField(
                        editable=False, null=True, verbose_name="面积（平方米）"
                    ),
                ),
            ],
        ),
        # Coordinates hardly compress; stored as they are, they are written and read faster.
        migrations.RunSQL("ALTER TABLE boundaries_divisionrecord ALTER COLUMN geometry SET STORAGE EXTERNAL", migrations.RunSQL.noop),
        migrations.AddConstraint(
            "divisionrecord",
            models.CheckConstraint(
                condition=Q(geometry=None, area_m2=None) | Q(geometry__isnull=False, area_m2__gt=0),
                name="record_geometry_measured",
            ),
        ),
        migrations.RemoveConstraint("divisioncode", "code_held_by_one_division"),
        migrations.RemoveConstraint("divisioncode", "code_one_of_an_authority_at_a_time"),
        migrations.RemoveConstraint("divisioncode", "code_is_digits"),
        migrations.AddConstraint(
            "divisioncode",
            models.CheckConstraint(condition=Q(code__regex=r"^[1-9]\d{5}(\d{3}){0,2}$"), name="code_is_digits"),
        ),
        *(one_at_a_time(f"code_held_once_{authority}", Cast("code", models.BigIntegerField()), authority) for authority in ("mca", "nbs")),
        *(one_at_a_time(f"code_one_at_a_time_{authority}", F("division"), authority) for authority in ("mca", "nbs")),
    ]
