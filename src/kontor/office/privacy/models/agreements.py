from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class ProcessingAgreement(FinalRow):
    """
    An agreement under Art. 28 GDPR as it was issued: unchangeable clauses, and annexes filled from the contract.

    number          1 for a contract's first; a later one takes its place once both have signed it
    clauses_sha256  hash over the text of the clauses, as `rulebook.processing_clauses` has it
    annexes         what annexes I to IV hold, by language-neutral keys
    """

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    contract = models.UUIDField()
    contract_number = models.CharField(max_length=50)
    customer_tenant = OtherTenantReference()
    customer_name = models.CharField(max_length=200)
    number = models.PositiveSmallIntegerField()
    pack = models.CharField(max_length=50)
    pack_version = models.CharField(max_length=20)
    clauses_sha256 = models.BinaryField(max_length=32)
    annexes = models.JSONField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "contract", "number"], name="processing_agreement_number")
        ]


class AgreementSignature(FinalRow):
    """A party's name under an agreement: who signed, as what, when, under exactly which annexes."""

    class Side(models.TextChoices):
        PROCESSOR = "PROCESSOR"
        CONTROLLER = "CONTROLLER"

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    agreement = TenantForeignKey(ProcessingAgreement, models.PROTECT, related_name="signatures")
    customer_tenant = OtherTenantReference()
    side = models.CharField(max_length=10, choices=Side.choices)
    name = models.CharField(max_length=200)
    function = models.CharField(max_length=200)
    sha256 = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "agreement", "side"], name="agreement_signature_once")]


class Suspension(TenantOwned):
    """
    The processor cannot comply, or the controller suspends the processing (clause 10 a): from report to release.

    because       what the clauses are not kept in, in the words of whoever began it
    reported_at   when the processor said by itself that it cannot comply
    ordered_at    when the controller suspended the processing; from then on what is stored stays and nothing is done
    restored_at   when the processor complied again, by its own word and `restored_how`
    lifted_at     when the controller let the processing go on
    """

    class State(models.TextChoices):
        REPORTED = "REPORTED"
        ORDERED = "ORDERED"
        RESTORED = "RESTORED"
        LIFTED = "LIFTED"

    HOLDS = (State.ORDERED, State.RESTORED)
    row_rules = RowRules(shared_with="customer_tenant")

    agreement = TenantForeignKey(ProcessingAgreement, models.PROTECT, related_name="suspensions")
    customer_tenant = OtherTenantReference()
    state = models.CharField(max_length=10, choices=State.choices)
    because = models.TextField()
    reported_by = models.CharField(max_length=200, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)
    ordered_by = models.CharField(max_length=200, blank=True)
    ordered_at = models.DateTimeField(null=True, blank=True)
    restored_by = models.CharField(max_length=200, blank=True)
    restored_at = models.DateTimeField(null=True, blank=True)
    restored_how = models.TextField(blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)


class Accession(TenantOwned):
    """
    A further entity that wants to join an agreement (clause 5); it is a party from its own signature on, never before.

    role          "controller" or "processor"
    consents      which existing side agreed: {"CONTROLLER": [name, moment], "PROCESSOR": …}
    """

    row_rules = RowRules(shared_with="customer_tenant")

    agreement = TenantForeignKey(ProcessingAgreement, models.PROTECT, related_name="accessions")
    customer_tenant = OtherTenantReference()
    entity = models.CharField(max_length=200)
    address = models.CharField(max_length=300)
    contact = models.CharField(max_length=200)
    role = models.CharField(max_length=10)
    consents = models.JSONField(default=dict)
    asked_at = models.DateTimeField()
    signed_by = models.CharField(max_length=200, blank=True)
    signed_on = models.DateField(null=True, blank=True)


class Instruction(TenantOwned):
    """
    A controller's documented instruction (clause 7.1).

    unlawful_because  why it seems unlawful to us; from then on it is suspended, and the controller was told at once
    insisted_at       when the controller insisted all the same: from then on we may end the agreement
    """

    class State(models.TextChoices):
        GIVEN = "GIVEN"
        SUSPENDED = "SUSPENDED"
        INSISTED = "INSISTED"
        WITHDRAWN = "WITHDRAWN"
        DONE = "DONE"
        ENDED = "ENDED"

    row_rules = RowRules(shared_with="customer_tenant")

    agreement = TenantForeignKey(ProcessingAgreement, models.PROTECT, related_name="instructions")
    customer_tenant = OtherTenantReference()
    text = models.TextField()
    given_by = models.CharField(max_length=200)
    given_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.GIVEN)
    unlawful_because = models.TextField(blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    insisted_by = models.CharField(max_length=200, blank=True)
    insisted_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.CharField(max_length=200, blank=True)
    closed_how = models.TextField(blank=True)
