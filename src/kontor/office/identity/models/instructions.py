"""What people are instructed about before they work here, and that they bound themselves to it."""

from django.db import models

from kontor.kernel.rows import FinalRow, TenantForeignKey


class Instruction(FinalRow):
    """
    One version of what a tenant instructs its people about; a new version asks everybody again.

    topic   ACCESS stands before everybody's first use, OWN_DEVICES before the first use of a private device,
            CONFIDENTIALITY before one of the house looks at a customer's data
    number  1 for a topic's first version
    sha256  over the UTF-8 bytes of both texts, German first, a zero byte between: what a commitment refers to
    """

    class Topic(models.TextChoices):
        ACCESS = "ACCESS"
        OWN_DEVICES = "OWN_DEVICES"
        CONFIDENTIALITY = "CONFIDENTIALITY"

    topic = models.CharField(max_length=20, choices=Topic.choices)
    number = models.PositiveSmallIntegerField()
    text_de = models.TextField()
    text_en = models.TextField()
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "topic", "number"], name="instruction_version_once")]


class Commitment(FinalRow):
    """That a person was instructed and bound themselves: to which version, when, from where, under which name."""

    instruction = TenantForeignKey(Instruction, models.PROTECT, related_name="commitments")
    person = models.UUIDField()
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    sha256 = models.BinaryField(max_length=32)
    address = models.GenericIPAddressField(null=True, blank=True)
    client = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "instruction", "person"], name="commitment_once")]


class Training(FinalRow):
    """
    That a person was trained in data protection and bound to confidentiality; without a valid one nobody of the house
    looks at a customer's data.

    evidence     what was taught by whom, and where its proof lies
    valid_until  the last day on which it counts
    """

    person = models.UUIDField()
    name = models.CharField(max_length=200)
    held_on = models.DateField()
    valid_until = models.DateField()
    evidence = models.CharField(max_length=300)
    at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "person", "held_on"], name="training_once"),
            models.CheckConstraint(condition=models.Q(valid_until__gte=models.F("held_on")), name="training_counts"),
        ]
