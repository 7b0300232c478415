"""How contracts end: notices with their proof, guided cases of extraordinary endings, and what is to be done after."""

from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned
from kontor.office.contracts.models.contracts import Amendment, Contract


class ContractNotice(FinalRow):
    """
    A notice as it was given, and what it does.

    side, means       as rulebook.ending has them: "customer", "registered_letter"
    sent_on, received_on  days in the contract's zone, null while not known
    parts             keys of the positions it gives up, [] for the whole contract
    receipt_of        the notice whose receipt this row adds: what was only sent before
    outcome, counted_on, ends_on  what it does; amendment  what it changed, null where it has no effect
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="notices")
    customer_tenant = OtherTenantReference()
    side = models.CharField(max_length=20)
    means = models.CharField(max_length=20)
    sent_on = models.DateField(null=True, blank=True)
    received_on = models.DateField(null=True, blank=True)
    wished_on = models.DateField(null=True, blank=True)
    parts = models.JSONField(default=list)
    given_by = models.CharField(max_length=200)
    proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    receipt_of = TenantForeignKey("self", models.PROTECT, null=True, blank=True, related_name="receipts")
    outcome = models.CharField(max_length=20)
    counted_on = models.DateField(null=True, blank=True)
    ends_on = models.DateField(null=True, blank=True)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "receipt_of"], name="notice_received_once"),
        ]


class NoticeWithdrawal(FinalRow):
    """That a notice was taken back, with the other side's consent where it had taken effect."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    notice = TenantForeignKey(ContractNotice, models.PROTECT, related_name="withdrawals")
    customer_tenant = OtherTenantReference()
    withdrawn_on = models.DateField()
    consented_on = models.DateField(null=True, blank=True)
    proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "notice"], name="notice_withdrawn_once")]


class EndingCase(TenantOwned):
    """
    An extraordinary ending on its way: what is known of it so far, and what came of it.

    kind, side  as rulebook.ending has them
    told        what rulebook.ending.told.Told reads
    """

    class State(models.TextChoices):
        OPEN = "OPEN"
        ENDED = "ENDED"
        CLOSED = "CLOSED"

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="ending_cases")
    kind = models.CharField(max_length=30)
    side = models.CharField(max_length=20)
    told = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    opened_on = models.DateField()
    settled_on = models.DateField(null=True, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    amendment = TenantForeignKey(Amendment, models.PROTECT, null=True, blank=True, related_name="+")
    ruling = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "kind", "side"],
                condition=models.Q(state="OPEN"),
                name="ending_case_open_once",
            )
        ]


class EndingProof(FinalRow):
    """A document that proves something in a case: what it shows, and the file."""

    case = TenantForeignKey(EndingCase, models.PROTECT, related_name="proofs")
    about = models.CharField(max_length=300)
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    at = models.DateTimeField()


class EndingTask(TenantOwned):
    """
    What is to be done because a contract ends: hand-over, erasure, certificate, return.

    side        whose task it is; done_on the day it was done, with the words of whoever did it
    choice      what the customer chose, of `data_choice.choices_of`; "" for any other task
    proof       the assurance or certificate that shows it; none where words suffice
    alerted_at  when it was told that the task is overdue
    """

    row_rules = RowRules(shared_with="customer_tenant")

    contract = TenantForeignKey(Contract, models.PROTECT, related_name="ending_tasks")
    customer_tenant = OtherTenantReference()
    key = models.CharField(max_length=30)
    text_de = models.CharField(max_length=300)
    text_en = models.CharField(max_length=300)
    side = models.CharField(max_length=20)
    due_on = models.DateField()
    clause = models.CharField(max_length=200)
    ruling = models.UUIDField()
    done_on = models.DateField(null=True, blank=True)
    done_note = models.CharField(max_length=300, blank=True)
    choice = models.CharField(max_length=10, blank=True)
    proof = TenantForeignKey("kernel.Blob", models.PROTECT, null=True, blank=True, related_name="+")
    alerted_at = models.DateTimeField(null=True, blank=True)
    dropped_on = models.DateField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "contract", "key"],
                condition=models.Q(dropped_on=None),
                name="ending_task_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on"],
                condition=models.Q(done_on=None, dropped_on=None),
                name="ending_task_due",
            )
        ]
