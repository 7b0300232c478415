"""What people say when they add a template, and whom a letter is for."""

import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.merge_fields import MergeSource
from kontor.kernel.wording import language, spoken
from kontor.office.documents.formats.page_text import LONGEST
from kontor.office.documents.models import Template
from kontor.office.documents.queries.store import record_kinds

_LANGUAGES = ((Template.Language.GERMAN, _("German")), (Template.Language.ENGLISH, _("English")))


def page_field() -> forms.CharField:
    """Return the field in which a page template is written."""
    return forms.CharField(
        label=_("Text of the letter"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 18}),
        help_text=_("“> ” begins a line of the address, “# ” the subject, “## ” a heading, “- ” an item of a list."),
    )


class TemplateForm(forms.Form):
    """What a template is called, what its letters are about, and in which language they are."""

    title = forms.CharField(label=_("Title"), max_length=120)
    kind = forms.ChoiceField(label=_("Letters about"))
    language = forms.ChoiceField(
        label=_("Language of the letter"), choices=_LANGUAGES, help_text=_("How days, amounts and numbers are written")
    )

    def __init__(self, *args: Any, sources: Mapping[str, MergeSource], **given: Any) -> None:
        """Offer the kinds of records that the person may see."""
        super().__init__(*args, **given)
        self.fields["language"].initial = language()
        kinds = record_kinds()
        self.fields["kind"].choices = [(key, spoken(kinds[key].label)) for key in sources]  # type: ignore[attr-defined]


class FileForm(TemplateForm):
    """A text of Word or LibreOffice."""

    file = forms.FileField(label=_("File"), help_text=_("A .docx or .odt without macros and embedded objects"))
    field_order = ("file",)

    def clean_file(self) -> tuple[str, bytes]:
        """Return the file's name and bytes."""
        file: Any = self.cleaned_data["file"]
        return file.name or "template", file.read()


class PageForm(TemplateForm):
    """A text written here."""

    text = page_field()


class PageTextForm(forms.Form):
    """The text of a page template, changed."""

    text = page_field()


class LetterForm(forms.Form):
    """Whom or what a letter is about."""

    record = forms.TypedChoiceField(label=_("For"), coerce=uuid.UUID)

    def __init__(self, *args: Any, source: MergeSource, **given: Any) -> None:
        """Offer the records of the template's kind."""
        super().__init__(*args, **given)
        choices = [("", ""), *((str(key), name) for key, name in source.listed())]
        self.fields["record"].choices = choices  # type: ignore[attr-defined]
