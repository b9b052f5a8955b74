import django.contrib.gis.db.models.fields
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0006_area_with_every_geometry")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE boundaries_mapborder ALTER COLUMN geometry "
                    "TYPE geometry(MULTILINESTRING, 3857) USING ST_Multi(geometry)",
                    "ALTER TABLE boundaries_mapborder ALTER COLUMN geometry "
                    "TYPE geometry(LINESTRING, 3857) USING ST_GeometryN(geometry, 1)",
                )
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="mapborder",
                    name="geometry",
                    field=django.contrib.gis.db.models.fields.MultiLineStringField(spatial_index=False, srid=3857),
                )
            ],
        )
    ]
