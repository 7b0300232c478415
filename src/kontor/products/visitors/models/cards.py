"""Access cards: what they may open, which there are, and who has one."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import SiteReference, TenantForeignKey, TenantOwned
from kontor.products.visitors.models.visits import Visit


class CardGroup(TenantOwned):
    """
    What the cards of a group open: zones of the access-control system, between two times of day at the site.

    dispensed  the next free card is the visitor's as they check in, since a dispenser or a box in order gives it out
    """

    name = models.CharField(max_length=100)
    zones = ArrayField(models.CharField(max_length=60), default=list)
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    dispensed = models.BooleanField(default=False)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"], condition=models.Q(archived_at=None), name="card_group_once"
            )
        ]

    def __str__(self) -> str:
        return self.name


class Card(TenantOwned):
    """A card of a site's pool, by the number that its reader knows."""

    site = SiteReference()
    group = TenantForeignKey(CardGroup, models.PROTECT, related_name="cards")
    number = models.CharField(max_length=60)
    lost_at = models.DateTimeField(null=True, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "number"], name="card_number_once")]

    def __str__(self) -> str:
        return self.number


class CardIssue(TenantOwned):
    """
    A card in a visitor's hand: it opens nothing before `active_at` or after `revoked_at`, and comes back later.

    told_at  when the access-control system took note of the activation, and `untold_at` of the revocation
    """

    card = TenantForeignKey(Card, models.PROTECT, related_name="issues")
    visit = TenantForeignKey(Visit, models.CASCADE, related_name="cards")
    active_at = models.DateTimeField()
    until = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    returned_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    untold_at = models.DateTimeField(null=True, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "card"], condition=models.Q(returned_at=None), name="card_in_one_hand"
            ),
            models.CheckConstraint(
                condition=models.Q(returned_at=None)
                | models.Q(revoked_at__isnull=False, revoked_at__lte=models.F("returned_at")),
                name="card_revoked_first",
            ),
        ]
