"""
Makes the demo's data: `python -m kontor.config.demo_data`, in one transaction, and prints who may sign in, as JSON.

The house is founded here; everything else is made by the modules themselves, lowest first, as their module.py says.
"""

import json
import os
import sys
from datetime import datetime

import django


def main() -> None:
    """Make all of it or nothing, and print who may sign in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kontor.config.settings")
    django.setup()
    from django.utils import timezone

    make_all(timezone.now())
    sys.stdout.write(json.dumps(sign_ins()))


def make_all(at: datetime) -> None:
    """Found the house and let each module make what it shows, lowest first; all of it or nothing."""
    from django.conf import settings
    from django.db import transaction

    from kontor.kernel import registry
    from kontor.kernel.actions.tenants import found_house
    from kontor.kernel.actor import MACHINE
    from kontor.kernel.tenancy import as_tenant

    makers = {module.key: module.demo for module in registry.modules() if module.demo}
    with transaction.atomic():
        house = found_house(name="Kontor Demo GmbH", at=at, actor=MACHINE)
        for app in settings.INSTALLED_APPS:
            if make := makers.get(app.rpartition(".")[2]):
                with as_tenant(house.pk):
                    make(at)


def sign_ins() -> list[dict[str, str]]:
    """Return name, e-mail, password and tenants of everybody the demo knows."""
    from django.contrib.auth import get_user_model

    from kontor.kernel.demo import PASSWORD
    from kontor.kernel.models import Membership, Tenant
    from kontor.kernel.rows import TenantQuerySet
    from kontor.kernel.tenancy import as_tenant

    works_at: dict[object, list[str]] = {}
    for tenant in Tenant.objects.order_by("created_at"):
        with as_tenant(tenant.pk):
            for user_id in TenantQuerySet(Membership).of(tenant).values_list("user_id", flat=True):
                works_at.setdefault(user_id, []).append(tenant.name)
    return [
        {"name": user.name, "email": user.email, "password": PASSWORD, "tenants": ", ".join(works_at[user.pk])}
        for user in get_user_model().objects.order_by("created_at")
        if user.pk in works_at
    ]


if __name__ == "__main__":
    main()
