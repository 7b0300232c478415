"""What people type about offers, contracts and billing."""

from kontor.office.contracts.forms.answer import AcceptanceForm

__all__ = ["AcceptanceForm"]
