"""The list of competitors, the written consent, and how much identical reading passes."""

from django import forms
from django.utils.translation import gettext_lazy as _


class CompetitorForm(forms.Form):
    """A company that competes with the house."""

    domain = forms.CharField(
        label=_("Domain of its mail addresses"),
        max_length=253,
        help_text=_("rival.example stands for every name below"),
    )
    company = forms.CharField(label=_("Company"), max_length=200)


class ConsentForm(forms.Form):
    """The house's written consent."""

    paper = forms.FileField(label=_("Written consent"), help_text=_("PDF, signed"))


class RefusalForm(forms.Form):
    """Why no consent is given; it stays with the house."""

    note = forms.CharField(label=_("Reason, for the record"), max_length=300)


class ProbeForm(forms.Form):
    """From when on identical reads are suspected to be benchmarking."""

    reads_per_hour = forms.IntegerField(
        label=_("Identical reads of one key in an hour that pass"), min_value=1, max_value=10**6
    )
    decide_days = forms.IntegerField(label=_("Days for the decision"), min_value=1, max_value=366)
    reason = forms.CharField(label=_("Reason"), max_length=300)
