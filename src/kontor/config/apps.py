"""Library apps whose name one of ours needs."""

from django.contrib.messages.apps import MessagesConfig


class NoticesConfig(MessagesConfig):
    """Django's one-time notices on a page; "messages" is our app of mails and threads."""

    label = "notices"
