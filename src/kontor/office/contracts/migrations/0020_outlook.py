import django.db.models.deletion
import django.db.models.fields
import kontor.kernel.rows.fields
import kontor.kernel.rows.owned
import kontor.kernel.rows.policies
import kontor.kernel.rows.references
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("contracts", "0019_locks_and_proofs"),
        ("kernel", "0005_webhooks"),
    ]

    operations = [
        migrations.CreateModel(
            name="Outlook",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=kontor.kernel.rows.owned.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("on", models.DateField()),
                ("at", models.DateTimeField()),
                ("content", models.JSONField()),
                (
                    "tenant",
                    kontor.kernel.rows.fields.TenantReference(
                        db_constraint=False,
                        db_index=False,
                        default=django.db.models.fields.NOT_PROVIDED,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(fields=("tenant",), name="outlook_once"),
                    kontor.kernel.rows.policies.TenantRows(
                        about="",
                        append_only=False,
                        name="contracts_outlook_rows",
                        part_of="",
                        published_by="",
                        shared_with="",
                    ),
                    kontor.kernel.rows.references.GlobalForeignKey(
                        field="tenant", name="contracts_outlook_tenant_id_fk"
                    ),
                ],
            },
        ),
    ]
