"""Who registered on the open page, with the items that the terms name and no other."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class Registration(FinalRow):
    """Exactly what bookkeeping 10 lists: five things somebody types, from where, and when."""

    email = models.EmailField(max_length=320)
    last_name = models.CharField(max_length=100)
    first_name = models.CharField(max_length=100)
    address = models.CharField(max_length=300)
    telephone = models.CharField(max_length=50)
    ip_address = models.GenericIPAddressField()
    registered_at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        indexes = [models.Index(fields=["tenant", "email", "registered_at"], name="registration_by_email")]


class RegistrationActivation(FinalRow):
    """That the address was proved by its link, under which terms, and as which party the house knows them since."""

    registration = TenantForeignKey(Registration, models.CASCADE, related_name="activations")
    party = TenantForeignKey("parties.Party", models.CASCADE, related_name="+")
    pack = models.CharField(max_length=50)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "registration"], name="registration_activated_once")]
