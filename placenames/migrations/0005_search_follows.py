"""Whatever is written of names is noted; the search index is made anew before the next search."""

from django.db import migrations

TABLES = ("boundaries_divisionrecord", "boundaries_divisioncode", "placenames_placenamerecord", "placenames_nameform")

FUNCTION = """
CREATE FUNCTION placenames_search_is_stale() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO placenames_searchnote DEFAULT VALUES;
    RETURN NULL;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("placenames", "0004_search_forms")]
    operations = [
        migrations.RunSQL(FUNCTION, "DROP FUNCTION placenames_search_is_stale()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER names_make_search_stale AFTER INSERT OR UPDATE OR DELETE ON {table}"
                " FOR EACH STATEMENT EXECUTE FUNCTION placenames_search_is_stale()",
                f"DROP TRIGGER names_make_search_stale ON {table}",
            )
            for table in TABLES
        ),
    ]
