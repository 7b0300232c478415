"""The customer centre: where a tenant's own customers ask and read, and who of them may come in."""

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import FinalRow, TenantForeignKey, TenantOwned, uuid7


class CentreAddress(models.Model):
    """
    The name under which a tenant's customer centre is found: /centre/<slug>/.

    The table is global, since it is asked to learn whose centre it is; it holds nothing else.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    slug = models.SlugField(max_length=60, unique=True)
    tenant = models.OneToOneField("kernel.Tenant", models.PROTECT, related_name="+", db_constraint=False)


class Centre(TenantOwned):
    """
    What a tenant settles for its customer centre, one row.

    open             whether anybody reaches it; joins  whether somebody may make an account by a confirmed address
    chats            whether anybody may begin a chat there
    invited_days     how long an invitation's link is good; a link somebody asks for lasts a quarter of an hour
    unconfirmed_days after how many days somebody who never came in is forgotten
    """

    title = models.CharField(max_length=100)
    open = models.BooleanField(default=False)
    joins = models.BooleanField(default=False)
    chats = models.BooleanField(default=False)
    invited_days = models.PositiveSmallIntegerField(default=7)
    unconfirmed_days = models.PositiveSmallIntegerField(default=30)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant"], name="centre_once")]


class OwnPromise(FinalRow):
    """
    What a tenant promises whoever asks it without a contract of its own making: an answer within office hours.

    Each change is a further row; a request stays with the one under which it was made. hours  "Mon-Fri 09:00-17:00"
    country, region  whose public holidays close the office; "" none
    """

    number = models.PositiveIntegerField()
    answer_hours = models.PositiveSmallIntegerField()
    hours = models.CharField(max_length=200)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=3, blank=True)
    zone = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(FinalRow.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="own_promise_number")]


class CentrePerson(TenantOwned):
    """
    An end customer of the tenant. They are no member of it: their session opens its centre and nothing else.

    party         the customer they belong to, null where nobody knows yet
    contract      under which a customer's own user comes in, as long as it runs; null for whoever was invited
    company       they see the requests of their whole company
    left_on       the first day on which they belong to it no more: nothing opens from then on
    confirmed_at  when they first came in by a link to their address
    """

    party = TenantForeignKey("parties.Party", models.PROTECT, null=True, blank=True, related_name="+")
    contract = TenantForeignKey("contracts.Contract", models.PROTECT, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200)
    email = models.EmailField(max_length=320)
    phone = models.CharField(max_length=50, blank=True)
    language = models.CharField(max_length=2, default="de")
    company = models.BooleanField(default=False)
    left_on = models.DateField(null=True, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "email"], name="centre_person_email")]

    def __str__(self) -> str:
        return self.name or self.email


class CentrePassword(TenantOwned):
    """
    The password that an end customer chose to set; nobody needs one.

    hashed  by Argon2id, and kept closed with the tenant's key besides
    """

    person = TenantForeignKey(CentrePerson, models.PROTECT, related_name="+")
    hashed = EncryptedTextField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "person"], name="centre_password_once")]
