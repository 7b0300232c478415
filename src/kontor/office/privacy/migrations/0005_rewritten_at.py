from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0004_disclosures'),
    ]

    operations = [
        migrations.AddField(
            model_name='erasure',
            name='rewritten_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
