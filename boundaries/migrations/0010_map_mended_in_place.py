"""The map follows a decision by what it touched: changes are noted by triggers, lines kept in blocks, shapes known by their division.

And indexes for questions about a day, so that they cost the same however many years the register holds.
"""

import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.datetime
from django.db import migrations, models

LEVELS = [(1, "省级"), (2, "地级"), (3, "县级"), (4, "乡级"), (5, "村级")]

# One statement that writes many rows is a load: its levels are made anew as a whole.
NOTING = """
CREATE FUNCTION boundaries_note_stale_map() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    many boolean := (SELECT count(*) > 500 FROM (SELECT FROM written LIMIT 501) AS few);
BEGIN
    IF many AND TG_TABLE_NAME = 'boundaries_divisionrecord' THEN
        INSERT INTO boundaries_mapstale (level) SELECT DISTINCT level FROM written;
    ELSIF many THEN
        INSERT INTO boundaries_mapstale (level)
        SELECT DISTINCT r.level FROM written JOIN boundaries_divisionrecord r ON r.division_id = written.division_id;
    ELSE
        INSERT INTO boundaries_mapstale (division_id, valid)
        SELECT division_id, range_merge(range_agg(valid)) FROM written GROUP BY division_id;
    END IF;
    RETURN NULL;
END
$$
"""


def triggers():
    for table in ("boundaries_divisionrecord", "boundaries_divisioncode"):
        for deed, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            name = f"{table}_map_{deed.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} AFTER {deed} ON {table} REFERENCING {rows} TABLE AS written"
                " FOR EACH STATEMENT EXECUTE FUNCTION boundaries_note_stale_map()",
                f"DROP TRIGGER {name} ON {table}",
            )


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0009_decision_review")]

    operations = [
        migrations.RemoveIndex("divisioncode", "code_lookup"),
        migrations.AddIndex("divisioncode", models.Index(fields=["code", "authority"], name="code_lookup")),
        migrations.RemoveIndex("divisionrecord", "record_current_geometry"),
        migrations.AddIndex(
            "divisionrecord",
            django.contrib.postgres.indexes.GistIndex(
                condition=models.Q(("recorded__upper_inf", True)), fields=["geometry", "valid"], name="record_current_geometry"
            ),
        ),
        # Else the planner takes what we hold today for a third of the rows, and reads whole partial indexes to narrow a place down.
        migrations.RunSQL(
            "CREATE STATISTICS record_current ON (upper_inf(recorded)) FROM boundaries_divisionrecord", "DROP STATISTICS record_current"
        ),
        migrations.RunSQL(
            "CREATE STATISTICS code_current ON (upper_inf(recorded)) FROM boundaries_divisioncode", "DROP STATISTICS code_current"
        ),
        migrations.RemoveField("mapshape", "record"),
        migrations.AddField("mapborder", "block", models.IntegerField(default=0), preserve_default=False),
        migrations.AddIndex("mapborder", models.Index(fields=["level", "block"], name="map_border_block")),
        migrations.CreateModel(
            name="MapStale",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("level", models.PositiveSmallIntegerField(choices=LEVELS, null=True)),
                ("valid", django.contrib.postgres.fields.ranges.DateRangeField(null=True)),
                ("noted_at", models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
                (
                    "division",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="boundaries.division",
                    ),
                ),
            ],
        ),
        migrations.RunSQL(NOTING, "DROP FUNCTION boundaries_note_stale_map()"),
        *triggers(),
        # Lines are kept otherwise from here on: what is there is made anew by the next worker.
        migrations.RunSQL(
            "INSERT INTO boundaries_mapstale (level) SELECT DISTINCT level FROM boundaries_divisionrecord", migrations.RunSQL.noop
        ),
    ]
