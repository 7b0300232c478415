"""What is passed on to a third party, to whom, for what and on which basis."""

import uuid
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import spoken
from kontor.office.privacy.actions.disclosures import Passing
from kontor.rulebook.disclosure import BASES, PURPOSES


class DisclosureForm(forms.Form):
    """A disclosure; what is missing for its basis the action says."""

    of_tenant = forms.ChoiceField(label=_("Whose data"))
    recipient = forms.CharField(label=_("Recipient"), max_length=200)
    email = forms.EmailField(label=_("The recipient's e-mail"), max_length=320)
    passed = forms.CharField(label=_("What is passed on"), max_length=2000, widget=forms.Textarea({"rows": 2}))
    purpose = forms.ChoiceField(label=_("For what"))
    basis = forms.ChoiceField(label=_("Basis"))
    reference = forms.CharField(label=_("Clause or section"), max_length=200, required=False)
    permission = forms.FileField(label=_("The customer's written permission (PDF)"), required=False, max_length=200)
    file = forms.FileField(label=_("File that goes with it"), required=False, max_length=200)

    def __init__(self, *given: Any, companies: Sequence[tuple[uuid.UUID, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        offered = {
            "of_tenant": [(str(key), name) for key, name in companies],
            "purpose": [(key, spoken(told)) for key, told in PURPOSES.items()],
            "basis": [("", "—"), *((key, spoken(told)) for key, told in BASES.items())],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        self.fields["basis"].required = False

    def passing(self) -> Passing:
        """Return what was entered."""
        told = dict(self.cleaned_data)
        paper, file, company = told.pop("permission"), told.pop("file"), uuid.UUID(told.pop("of_tenant"))
        return Passing(
            of_tenant=company,
            data=told.pop("passed"),
            **told,
            permission=paper.read() if paper else None,
            file=(file.name, file.read()) if file else None,
        )
