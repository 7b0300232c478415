from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import TenantForeignKey, TenantOwned


class Webhook(TenantOwned):
    """
    An address of the tenant's own that is told of some kinds of event.

    kinds        keys of the EventKinds it asked for
    secret       signs what is sent: "whsec_" and base64; the one before signs as well until `old_until`
    mail_to      who is told when it is switched off
    disabled_for why nothing is sent: "failing", "gone" or "hand"; "" while it is on
    """

    address = models.CharField(max_length=500)
    kinds = ArrayField(models.CharField(max_length=100))
    secret = EncryptedTextField()
    old_secret = EncryptedTextField(null=True, blank=True)
    old_until = models.DateTimeField(null=True, blank=True)
    mail_to = models.CharField(max_length=320)
    made_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True, blank=True)
    disabled_at = models.DateTimeField(null=True, blank=True)
    disabled_for = models.CharField(max_length=10, blank=True)

    def __str__(self) -> str:
        return self.address


class WebhookDelivery(TenantOwned):
    """
    One message to one address, its body as it was written once and is sent each time, byte for byte.

    message   the event's id: the same whenever it is sent again, so that a receiver can tell
    round     1, and one more each time somebody sends it again by hand
    status    HTTP status of the last answer, null where none came
    problem   why the last attempt failed, as `webhook_transport` names it; "" where it did not
    """

    webhook = TenantForeignKey(Webhook, models.CASCADE, related_name="deliveries")
    message = models.UUIDField()
    round = models.SmallIntegerField(default=1)
    kind = models.CharField(max_length=100)
    body = models.TextField()
    at = models.DateTimeField()
    attempts = models.SmallIntegerField(default=0)
    tried_at = models.DateTimeField(null=True, blank=True)
    status = models.SmallIntegerField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    given_up_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(fields=["tenant", "webhook", "message", "round"], name="webhook_delivery_once")
        ]
        indexes = [models.Index(fields=["tenant", "webhook", "-at"], name="webhook_delivery_latest")]
