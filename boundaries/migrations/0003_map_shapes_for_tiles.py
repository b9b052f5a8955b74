import django.contrib.gis.db.models.fields
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('boundaries', '0002_initial'),
    ]

    # Map shapes are made from the records, so the old table is dropped, not carried over.
    operations = [
        migrations.DeleteModel(name='MapShape'),
        migrations.AddField(
            model_name='maprevision',
            name='breakpoints',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), default=list, size=None),
        ),
        migrations.CreateModel(
            name='MapBorder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '省级'), (2, '地级'), (3, '县级'), (4, '乡级'), (5, '村级')])),
                ('rank', models.PositiveSmallIntegerField(choices=[(1, '省级'), (2, '地级'), (3, '县级'), (4, '乡级'), (5, '村级')])),
                ('min_zoom', models.PositiveSmallIntegerField()),
                ('max_zoom', models.PositiveSmallIntegerField()),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('grade', models.CharField(choices=[('agreed', '勘定'), ('surveyed', '实测'), ('indicative', '示意'), ('invented', '虚构')], max_length=12)),
                ('geometry', django.contrib.gis.db.models.fields.LineStringField(spatial_index=False, srid=3857)),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['min_zoom', 'geometry'], name='map_border_tile')],
            },
        ),
        migrations.CreateModel(
            name='MapShape',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('level', models.PositiveSmallIntegerField(choices=[(1, '省级'), (2, '地级'), (3, '县级'), (4, '乡级'), (5, '村级')])),
                ('min_zoom', models.PositiveSmallIntegerField()),
                ('max_zoom', models.PositiveSmallIntegerField()),
                ('valid', django.contrib.postgres.fields.ranges.DateRangeField()),
                ('name', models.CharField(max_length=120)),
                ('type', models.CharField(max_length=24)),
                ('code', models.CharField(blank=True, max_length=12)),
                ('grade', models.CharField(blank=True, max_length=12)),
                ('tint', models.PositiveSmallIntegerField(default=0)),
                ('geometry', django.contrib.gis.db.models.fields.GeometryField(spatial_index=False, srid=3857)),
                ('label_point', django.contrib.gis.db.models.fields.PointField(spatial_index=False, srid=3857)),
                ('seat', django.contrib.gis.db.models.fields.PointField(null=True, spatial_index=False, srid=3857)),
                ('division', models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.CASCADE, related_name='map_shapes', to='boundaries.division')),
                ('parent', models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='boundaries.division')),
                ('record', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='map_shapes', to='boundaries.divisionrecord')),
            ],
            options={
                'indexes': [django.contrib.postgres.indexes.GistIndex(fields=['level', 'min_zoom', 'geometry'], name='map_shape_tile')],
            },
        ),
    ]
