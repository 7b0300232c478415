"""What is filled in to begin a chat."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.wording import spoken
from kontor.office.desk.queries.chats import ALLOWED


class ChatForm(forms.Form):
    """Where to reach somebody, and the first thing they write; noting is asked only where the browser lets us ask."""

    email = forms.EmailField(
        label=_("Your e-mail address"), max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        help_text=_("We answer here, and by mail if you have left."),
    )  # fmt: skip
    text = forms.CharField(label=_("Your question"), max_length=5000, widget=forms.Textarea(attrs={"rows": 4}))
    activity = forms.BooleanField(required=False)

    def __init__(self, *args: Any, refuses: bool, known: str, **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["activity"].label = spoken(ALLOWED)
        if refuses:
            del self.fields["activity"]
        if known:
            del self.fields["email"]
