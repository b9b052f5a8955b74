"""Counts of who asked how often, for all server processes; unlogged, with room in each page to be written in place."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('yudi', '0004_chunked_uploads'),
    ]

    operations = [
        migrations.CreateModel(
            name='ThrottleCount',
            fields=[
                ('who', models.BigIntegerField(primary_key=True, serialize=False)),
                ('window', models.IntegerField()),
                ('asked', models.IntegerField()),
            ],
        ),
        migrations.RunSQL("ALTER TABLE yudi_throttlecount SET UNLOGGED, SET (fillfactor = 50)", migrations.RunSQL.noop),
    ]
