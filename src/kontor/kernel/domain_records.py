"""What a domain's owner wrote into its DNS, asked freshly each time."""

from typing import Final

import dns.exception
import dns.resolver
from django.conf import settings

SECONDS: Final = 5


class NoAnswerError(Exception):
    """No name server answered, so nothing is known."""


def text_records(name: str) -> list[str]:
    """Return the TXT records of a name, none where it has none; NoAnswerError where nobody could be asked."""
    resolver = dns.resolver.Resolver(configure=not settings.KONTOR_DNS)
    if settings.KONTOR_DNS:
        address, _, port = settings.KONTOR_DNS.rpartition(":")
        resolver.nameservers, resolver.port = [address], int(port)
    resolver.lifetime = SECONDS
    try:
        answer = resolver.resolve(name, "TXT")
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise NoAnswerError(name) from error
    return [b"".join(record.strings).decode("utf-8", "replace") for record in answer]
