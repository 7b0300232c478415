"""What people say when they file a document, and who may see it."""

import uuid
from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.office.documents.models import Document, Folder

REACHES: Final = (
    (Document.Reach.EVERYBODY, _("Everybody who sees documents here")),
    (Document.Reach.NAMED, _("Only the roles named below, and whoever filed it")),
    (Document.Reach.RECORD, _("Whoever may see a record it belongs to")),
    (Document.Reach.PUBLIC, _("Anybody who has its address, without signing in")),
)


KEPT: Final = (
    (Folder.Kept.LETTERS, _("Letters and everything else")),
    (Folder.Kept.INVOICES, _("Invoices and vouchers")),
    (Folder.Kept.BOOKS, _("Books and annual accounts")),
)


class FolderForm(forms.Form):
    """What the documents of a folder are for the law."""

    kept = forms.TypedChoiceField(
        label=_("What lies in it"), choices=KEPT, coerce=Folder.Kept, empty_value=Folder.Kept.LETTERS, required=False
    )


class FilesInput(forms.FileInput):
    """A file field of the browser that takes many."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or many files, each by itself."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Return them as a list; an empty file is refused later, by its name."""
        several = data if isinstance(data, list | tuple) else [data] if data else []
        if not several:
            super().clean(None, initial)
        return list(several)


class DropForm(forms.Form):
    """Files to be filed, and where."""

    file = FilesField(label=_("Files"), help_text=_("Up to 100 MB each. Programs and encrypted archives stay outside."))
    folder = forms.CharField(label=_("Folder"), max_length=120, required=False)
    kind = forms.CharField(max_length=100, required=False, widget=forms.HiddenInput)
    record = forms.UUIDField(required=False, widget=forms.HiddenInput)
    reach = forms.CharField(max_length=10, required=False, widget=forms.HiddenInput)

    def clean_reach(self) -> str:
        """Return a reach that a page may ask for when it files."""
        said: str = self.cleaned_data["reach"]
        return said if said in dict(REACHES) else ""

    def links(self) -> list[tuple[str, uuid.UUID]]:
        """Return the record that the files belong to, if the page was opened from one."""
        kind, record = self.cleaned_data.get("kind"), self.cleaned_data.get("record")
        return [(kind, record)] if kind and record else []

    def begun_with(self) -> list[tuple[str, uuid.UUID]]:
        """Return the record that the page's address names; nothing where it names none."""
        try:
            return [(self.initial["kind"], uuid.UUID(self.initial["record"]))]
        except (KeyError, ValueError):
            return []


class VersionForm(forms.Form):
    """A further version of a document."""

    file = forms.FileField(label=_("New version"), allow_empty_file=True)
    note = forms.CharField(label=_("What changed?"), max_length=200, required=False)


class SettleForm(forms.Form):
    """What a document is called, where it lies and who may see it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    folder = forms.CharField(label=_("Folder"), max_length=120, required=False)
    reach = forms.ChoiceField(label=_("Who sees it?"), choices=REACHES, widget=forms.RadioSelect)
    readers = forms.MultipleChoiceField(
        label=_("These roles see it"), required=False, widget=forms.CheckboxSelectMultiple
    )
    changers = forms.MultipleChoiceField(
        label=_("These roles change it too"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, roles: Iterable[tuple[uuid.UUID, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        listed = [(str(key), name) for key, name in roles]
        for name in ("readers", "changers"):
            self.fields[name].choices = listed  # type: ignore[attr-defined]
