"""What a chat keeps of a visitor besides the conversation, which is a request like any other."""

from django.db import models

from kontor.kernel.rows import TenantForeignKey, TenantOwned
from kontor.office.desk.models.tickets import Ticket


class ChatProfile(TenantOwned):
    """
    All that is known of whoever chats: where to reach them and what they sit before (bookkeeping, 13 Intercom).

    ticket    the conversation
    address   of their network when they began
    system    what their device runs, by its name alone: "Windows", "iOS"; "" where the browser did not say
    activity  they allowed beforehand that pages and elements are noted; otherwise none ever is
    words     SHA-256 of what they read when they said so, in both languages
    """

    ticket = TenantForeignKey(Ticket, models.PROTECT, related_name="chats")
    email = models.EmailField(max_length=320)
    address = models.GenericIPAddressField(null=True, blank=True)
    system = models.CharField(max_length=40, blank=True)
    activity = models.BooleanField(default=False)
    words = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        constraints = [models.UniqueConstraint(fields=["tenant", "ticket"], name="desk_chat_once")]
        indexes = [models.Index(fields=["tenant", "at"], name="desk_chat_at")]


class ChatActivity(TenantOwned):
    """
    A page that was opened, or an element that was pressed, while somebody chatted who allowed it.

    what  the page's or the element's name; never its address or what stood in it
    """

    class Kind(models.TextChoices):
        PAGE = "PAGE"
        ELEMENT = "ELEMENT"

    profile = TenantForeignKey(ChatProfile, models.PROTECT, related_name="noted")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    what = models.CharField(max_length=60)
    at = models.DateTimeField()

    class Meta(TenantOwned.Meta):
        indexes = [models.Index(fields=["tenant", "profile", "at"], name="desk_chat_activity")]
