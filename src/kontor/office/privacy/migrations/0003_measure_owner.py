from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("privacy", "0002_grounds"),
    ]

    operations = [
        migrations.AddField(
            model_name="measurereview",
            name="owner",
            field=models.CharField(default="", max_length=200),
            preserve_default=False,
        ),
    ]
