from django.db import migrations, models
from django.db.models.expressions import RawSQL


class Migration(migrations.Migration):
    dependencies = [("kernel", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="JobDone",
            fields=[
                ("job", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.AddField(
            model_name="sentmail",
            name="given_up_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="recordentry",
            name="cluster",
            field=models.BigIntegerField(
                db_default=RawSQL("(pg_control_system()).system_identifier", []), editable=False
            ),
        ),
        migrations.AddField(
            model_name="recordseal",
            name="cluster",
            field=models.BigIntegerField(db_default=RawSQL("(pg_control_system()).system_identifier", [])),
        ),
        migrations.RemoveIndex(model_name="recordentry", name="record_in_commit_order"),
        migrations.AddIndex(
            model_name="recordentry",
            index=models.Index(fields=["tenant", "cluster", "made_in", "id"], name="record_in_commit_order"),
        ),
    ]
