"""What people type about offers, contracts and billing."""

from kontor.office.contracts.forms.answer import AcceptanceForm
from kontor.office.contracts.forms.begin import BeginForm
from kontor.office.contracts.forms.billing import BillingForm
from kontor.office.contracts.forms.drafts import DraftForm

__all__ = ["AcceptanceForm", "BeginForm", "BillingForm", "DraftForm"]
