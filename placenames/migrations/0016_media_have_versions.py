"""What is said of a photo or recording has versions, as texts have, and a licence. What is there is the first version of each.

The search index is made anew by the next worker: forms of divisions are found by everybody now, as their pages show them.
"""

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('placenames', '0015_sign_work_history'),
    ]

    operations = [
        migrations.AddField(
            model_name='archivemedia',
            name='licence',
            field=models.CharField(blank=True, default='', max_length=60, verbose_name='许可'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='archivemedia',
            name='number',
            field=models.PositiveIntegerField(default=1, verbose_name='稿次'),
        ),
        migrations.AddField(
            model_name='archivemedia',
            name='based_on',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='placenames.archivemedia', verbose_name='所据稿'),
        ),
        migrations.SeparateDatabaseAndState(
            # Each row that is there gets a number of its own.
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE placenames_archivemedia ADD COLUMN item uuid NOT NULL DEFAULT gen_random_uuid();"
                    " ALTER TABLE placenames_archivemedia ALTER COLUMN item DROP DEFAULT",
                    "ALTER TABLE placenames_archivemedia DROP COLUMN item",
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name='archivemedia',
                    name='item',
                    field=models.UUIDField(default=uuid.uuid4, editable=False),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name='archivemedia',
            constraint=models.UniqueConstraint(fields=('item', 'number'), name='archive_media_numbered'),
        ),
        migrations.AddConstraint(
            model_name='archivemedia',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('item',), name='archive_media_one_published'),
        ),
        migrations.AddConstraint(
            model_name='archivemedia',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['draft', 'returned', 'submitted'])), fields=('item',), name='archive_media_one_open'),
        ),
        migrations.RunSQL(
            "INSERT INTO placenames_searchstale (place) SELECT NULL WHERE EXISTS (SELECT FROM placenames_searchform)",
            migrations.RunSQL.noop,
        ),
    ]
