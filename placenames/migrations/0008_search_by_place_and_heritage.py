"""Names are found by where they lie and on which lists they stand; the index is made anew, and follows the lists too."""

import django.contrib.gis.db.models.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


TABLE = "placenames_heritagelisting"


def triggers():
    for deed, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
        name = f"{TABLE}_search_{deed.lower()}"
        yield migrations.RunSQL(
            f"CREATE TRIGGER {name} AFTER {deed} ON {TABLE} REFERENCING {rows} TABLE AS written"
            " FOR EACH STATEMENT EXECUTE FUNCTION placenames_note_stale_search()",
            f"DROP TRIGGER {name} ON {TABLE}",
        )


class Migration(migrations.Migration):

    dependencies = [
        ('placenames', '0007_culture_archive'),
    ]

    operations = [
        migrations.AddField(
            model_name='searchform',
            name='heritage',
            field=models.SmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='searchform',
            name='location',
            field=django.contrib.gis.db.models.fields.PointField(null=True, spatial_index=False, srid=4490),
        ),
        migrations.AddIndex(
            model_name='searchform',
            index=django.contrib.postgres.indexes.GistIndex(condition=models.Q(('location__isnull', False)), fields=['location'], name='search_location'),
        ),
        migrations.AddIndex(
            model_name='searchform',
            index=models.Index(condition=models.Q(('heritage', 0), _negated=True), fields=['heritage'], name='search_heritage'),
        ),
        *triggers(),
        # What is there already is read by the next worker, or by the command.
        migrations.RunSQL(
            "INSERT INTO placenames_searchstale (place) SELECT NULL WHERE EXISTS (SELECT FROM placenames_searchform)",
            migrations.RunSQL.noop,
        ),
    ]
