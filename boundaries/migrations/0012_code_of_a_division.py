"""A division's code on a day is answered by an index alone, which takes the place of the foreign key's own."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("boundaries", "0011_boundary_lines")]

    operations = [
        migrations.AlterField(
            "divisioncode",
            "division",
            models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="codes",
                to="boundaries.division",
                verbose_name="行政区划",
            ),
        ),
        migrations.AddIndex(
            "divisioncode",
            models.Index(fields=["division", "authority"], include=("code", "valid", "recorded"), name="code_of_division"),
        ),
    ]
