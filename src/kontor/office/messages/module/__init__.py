"""All that the rest of the product knows about mail."""

from django.conf import settings

from kontor.kernel.registry import Module, NavItem, Permission, register
from kontor.office.messages.module.flows import FLOW_EFFECTS
from kontor.rulebook.ruling import Text

_OUTBOX = NavItem(
    label=Text("Postausgang", "Outbox"),
    url_name="messages:outbox",
    permission="messages.see",
    icon="send",
    group="work",
    order=80,
)
_MAILBOX = NavItem(
    label=Text("Postfach der Demo", "The demo's mailbox"),
    url_name="messages:mailbox",
    permission="messages.see",
    icon="mailbox",
    group="work",
    order=81,
)

register(
    Module(
        key="messages",
        title=Text("Nachrichten", "Messages"),
        entitled=False,
        urls="kontor.office.messages.urls",
        navigation=(_OUTBOX, _MAILBOX) if settings.KONTOR_DEMO else (_OUTBOX,),
        flow_effects=FLOW_EFFECTS,
        permissions=(Permission("messages.see", Text("Sehen, was wem geschickt wurde", "See what was sent to whom")),),
    )
)
