"""What SAML needs beside a provider: our keys for it, what was asked, which assertions were used, what was refused."""

from django.db import models

from kontor.kernel.encryption import EncryptedTextField
from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.identity.models.single_sign_on import IdentityProvider


class ProviderKey(TenantOwned):
    """
    Our key pair for one provider: the newest signs what we ask, each opens what is encrypted for us.

    certificate  PEM, signed by itself; the provider knows the key by it
    """

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="keys")
    certificate = models.TextField()
    private_key = EncryptedTextField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()


class SamlQuestion(TenantOwned):
    """
    What we asked a provider, good for one answer.

    question     its id, which the answer must name; the session that asked keeps it too
    answered_at  when an answer came, good or not
    answer       what it stated, as JSON
    problem      why it was refused, "" where it was not; said: the provider's own word for it
    """

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="+")
    question = models.CharField(max_length=64)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answer = EncryptedTextField(null=True, blank=True)
    problem = models.CharField(max_length=20, blank=True)
    said = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "question"], name="saml_question_once")]


class UsedAssertion(TenantOwned):
    """An assertion that was shown; the same is refused until it would not hold any more."""

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64)
    until = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "provider", "digest"], name="used_assertion_once")]


class RefusedAnswer(TenantOwned):
    """An answer that did not count, and why: whoever came read one sentence for all, the administrator reads this."""

    provider = TenantForeignKey(IdentityProvider, models.CASCADE, related_name="refused")
    at = models.DateTimeField()
    reason = models.CharField(max_length=20)
    said = models.CharField(max_length=200, blank=True)

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "provider", "at"], name="refused_answer_at")]
