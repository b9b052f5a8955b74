"""What is written of names is noted for the search index in the same transaction (docs/decisions/0072)."""

from django.db import migrations

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
TABLES = ("boundaries_divisionrecord", "placenames_placenamerecord", "placenames_nameform")


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
    dependencies = [("placenames", "0004_search_index"), ("boundaries", "0010_map_mended_in_place")]
    operations = [
        migrations.RunSQL(NOTING, "DROP FUNCTION placenames_note_stale_search()"),
        *triggers(),
        # What is there already is read by the next worker, or by the command.
        migrations.RunSQL(
            "INSERT INTO placenames_searchstale (place)"
            " SELECT NULL WHERE EXISTS (SELECT FROM boundaries_divisionrecord) OR EXISTS (SELECT FROM placenames_placenamerecord)",
            migrations.RunSQL.noop,
        ),
    ]
