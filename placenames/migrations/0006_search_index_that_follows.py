"""The search index anew: leaner rows, and what is written of names is noted one by one (docs/decisions/0053, 0072)."""

import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.functions.datetime
from django.db import migrations, models

TABLES = ("boundaries_divisionrecord", "placenames_placenamerecord", "placenames_nameform")
BEFORE = ("boundaries_divisionrecord", "boundaries_divisioncode", "placenames_placenamerecord", "placenames_nameform")

NOTING = """
CREATE FUNCTION placenames_note_stale_search() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    many boolean := (SELECT count(*) > 500 FROM (SELECT FROM written LIMIT 501) AS few);
BEGIN
    IF many THEN
        INSERT INTO placenames_searchstale DEFAULT VALUES;
    ELSIF TG_TABLE_NAME = 'boundaries_divisionrecord' THEN
        INSERT INTO placenames_searchstale (division) SELECT DISTINCT division_id FROM written;
    ELSE
        INSERT INTO placenames_searchstale (place) SELECT DISTINCT place_id FROM written;
    END IF;
    RETURN NULL;
END
$$
"""


def without_the_old_notes():
    for table in BEFORE:
        yield migrations.RunSQL(
            f"DROP TRIGGER names_make_search_stale ON {table}",
            f"CREATE TRIGGER names_make_search_stale AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH STATEMENT EXECUTE FUNCTION placenames_search_is_stale()",
        )
    yield migrations.RunSQL(
        "DROP FUNCTION placenames_search_is_stale()",
        "CREATE FUNCTION placenames_search_is_stale() RETURNS trigger LANGUAGE plpgsql AS"
        " 'BEGIN INSERT INTO placenames_searchnote DEFAULT VALUES; RETURN NULL; END'",
    )


def triggers():
    for table in TABLES:
        for deed, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
            name = f"{table}_search_{deed.lower()}"
            yield migrations.RunSQL(
                f"CREATE TRIGGER {name} AFTER {deed} ON {table} REFERENCING {rows} TABLE AS written"
                " FOR EACH STATEMENT EXECUTE FUNCTION placenames_note_stale_search()",
                f"DROP TRIGGER {name} ON {table}",
            )


class Migration(migrations.Migration):
    dependencies = [("placenames", "0005_search_follows")]
    operations = [
        *without_the_old_notes(),
        migrations.DeleteModel("SearchForm"),
        migrations.DeleteModel("SearchNote"),
        migrations.CreateModel(
            name='SearchStale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.BigIntegerField(null=True)),
                ('division', models.BigIntegerField(null=True)),
                ('noted_at', models.DateTimeField(db_default=django.db.models.functions.datetime.Now())),
            ],
        ),
        migrations.CreateModel(
            name='SearchForm',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('place', models.BigIntegerField(null=True)),
                ('division', models.BigIntegerField(null=True)),
                ('area', models.BigIntegerField(null=True)),
                ('years', django.contrib.postgres.fields.ranges.IntegerRangeField(null=True)),
                ('importance', models.SmallIntegerField()),
                ('access', models.SmallIntegerField(choices=[(0, 'Public'), (1, 'Office'), (2, 'Secret')])),
                ('kind', models.CharField(max_length=12)),
                ('place_class', models.CharField(max_length=5)),
                ('text', models.CharField(max_length=120)),
                ('term', models.CharField(db_collation='C', max_length=130)),
                ('sound', models.CharField(db_collation='C', max_length=400)),
                ('initials', models.CharField(db_collation='C', max_length=130)),
                ('pieces', django.contrib.postgres.fields.ArrayField(base_field=models.IntegerField(), size=None)),
            ],
            options={
                'indexes': [models.Index(fields=['term', 'importance'], name='search_term'), models.Index(fields=['sound', 'importance'], name='search_sound'), models.Index(fields=['initials', 'importance'], name='search_initials'), models.Index(condition=models.Q(('importance__gte', 60)), fields=['term'], name='search_term_top'), models.Index(condition=models.Q(('importance__gte', 60)), fields=['sound'], name='search_sound_top'), models.Index(condition=models.Q(('importance__gte', 60)), fields=['initials'], name='search_initials_top'), django.contrib.postgres.indexes.GinIndex(fields=['pieces'], name='search_pieces'), models.Index(condition=models.Q(('place__isnull', False)), fields=['place'], name='search_place'), models.Index(condition=models.Q(('division__isnull', False)), fields=['division'], name='search_division')],
            },
        ),
        migrations.RunSQL(NOTING, "DROP FUNCTION placenames_note_stale_search()"),
        *triggers(),
        # What is there already is read by the next worker, or by the command.
        migrations.RunSQL(
            "INSERT INTO placenames_searchstale (place)"
            " SELECT NULL WHERE EXISTS (SELECT FROM boundaries_divisionrecord) OR EXISTS (SELECT FROM placenames_placenamerecord)",
            migrations.RunSQL.noop,
        ),
    ]
