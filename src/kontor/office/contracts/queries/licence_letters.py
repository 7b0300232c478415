"""What customers are told by mail about their licences."""

from kontor.office.contracts.models import Contract
from kontor.office.contracts.queries.letters import Letter


def key_mail(contract: Contract, *, link: str) -> Letter:
    """Return the mail that tells of a new licence key."""
    if contract.terms["language"] == "de":
        return Letter(
            f"Lizenzschlüssel zum Vertrag {contract.number}",
            f"Guten Tag,\n\nzum Vertrag {contract.number} liegt ein Lizenzschlüssel bereit. Er nennt Produkt, "
            f"Standorte, Anzahl der Rechner und letzten Tag. Sie laden ihn hier herunter:\n\n{link}\n",
        )
    return Letter(
        f"Licence key for contract {contract.number}",
        f"Hello,\n\na licence key for contract {contract.number} is ready. It names product, sites, number of "
        f"computers and last day. Download it here:\n\n{link}\n",
    )
