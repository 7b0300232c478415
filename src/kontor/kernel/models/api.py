from django.contrib.postgres.fields import ArrayField
from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned


class ApiKey(TenantOwned):
    """
    A key by which another program works here, for a while, with the rights it was given; its secret is a credential.

    scopes   permissions, as a role holds them
    used_at  when it was last used, give or take some minutes
    """

    name = models.CharField(max_length=100)
    scopes = ArrayField(models.CharField(max_length=100))
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class ApiAnswer(TenantOwned):
    """The answer that a request with an Idempotency-Key was given, so that its repetition is given the same."""

    api_key = TenantForeignKey(ApiKey, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=200)
    digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField()
    body = models.JSONField()
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "api_key", "key"], name="api_answer_once")]
