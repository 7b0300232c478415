from django.db import models

from kontor.kernel.rows import FinalRow, OtherTenantReference, RowRules, TenantForeignKey, TenantOwned


class OfferDraft(TenantOwned):
    """
    An offer while it is being written.

    agreed    what the pack leaves to the offer: key of the value -> what was agreed
    settings  where the text is open to reading: key of the setting -> the reading chosen for this offer
    annexes   keys of documents in their order of precedence
    estimates  what the pack lets an offer say beside that, such as budget, time and method: key of the entry -> words
    """

    seller = TenantForeignKey("books.Seller", models.PROTECT, related_name="+")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    price_list = TenantForeignKey("books.PriceList", models.PROTECT, related_name="+")
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=2, default="de")
    start_on = models.DateField(null=True, blank=True)
    valid_until = models.DateField()
    sites = models.JSONField(default=list, blank=True)
    notice_customer = models.CharField(max_length=320, blank=True)
    notice_seller = models.CharField(max_length=320, blank=True)
    agreed = models.JSONField(default=dict, blank=True)
    settings = models.JSONField(default=dict, blank=True)
    annexes = models.JSONField(default=list, blank=True)
    estimates = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField()
    sent_as = models.UUIDField(null=True, blank=True)


class OfferDraftLine(TenantOwned):
    """A position of the draft: an item of the price list, and how many."""

    draft = TenantForeignKey(OfferDraft, models.CASCADE, related_name="lines")
    item = TenantForeignKey("books.PriceItem", models.PROTECT, related_name="+")
    quantity = models.DecimalField(max_digits=20, decimal_places=6)
    order = models.IntegerField(default=0)


class Offer(FinalRow):
    """What was offered under a terms pack: the quote's goods and prices, and every term agreed beside them."""

    row_rules = RowRules(append_only=True, shared_with="customer_tenant")

    quote = TenantForeignKey("books.Quote", models.PROTECT, related_name="+")
    party = TenantForeignKey("parties.Party", models.PROTECT, related_name="+")
    seller = TenantForeignKey("books.Seller", models.PROTECT, related_name="+")
    customer_tenant = OtherTenantReference()
    number = models.CharField(max_length=50)
    customer_name = models.CharField(max_length=200)
    pack = models.CharField(max_length=50)
    version = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    terms = models.JSONField()
    file = TenantForeignKey("kernel.Blob", models.PROTECT, related_name="+")
    sha256 = models.BinaryField(max_length=32)
    per_period_minor = models.BigIntegerField()
    once_minor = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    valid_until = models.DateField()
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "quote"], name="offer_quote")]


class OfferState(TenantOwned):
    """
    Where an offer stands; whoever answers it locks this row first.

    contact  whom the customer named to make and receive declarations: name, email and function; {} while nobody is
    """

    class State(models.TextChoices):
        SENT = "SENT"
        ACCEPTED = "ACCEPTED"
        CONFIRMED = "CONFIRMED"
        WITHDRAWN = "WITHDRAWN"

    offer = TenantForeignKey(Offer, models.PROTECT, related_name="states")
    state = models.CharField(max_length=20, choices=State.choices)
    sent_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    accepted_at = models.DateTimeField(null=True, blank=True)
    contact = models.JSONField(default=dict, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmation_received_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "offer"], name="offer_state_once")]
