"""What people fill in about being written to."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

_LONG: Final = forms.Textarea(attrs={"rows": 4})


class ConsentForm(forms.Form):
    """An address and a box that is never ticked beforehand."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
    wanted = forms.BooleanField()

    def __init__(self, *args: Any, says: str, **given: Any) -> None:
        """Put what is agreed to beside the box."""
        super().__init__(*args, **given)
        self.fields["wanted"].label = says


class TextForm(forms.Form):
    """What people are asked for a purpose; a further edition asks everybody again."""

    purpose = forms.SlugField(
        label=_("Purpose"), max_length=50, help_text=_("A short name, such as newsletter; the same again is an edition")
    )
    title_de = forms.CharField(label=_("Title in German"), max_length=200)
    text_de = forms.CharField(label=_("What is agreed to, in German"), widget=_LONG)
    title_en = forms.CharField(label=_("Title in English"), max_length=200)
    text_en = forms.CharField(label=_("What is agreed to, in English"), widget=_LONG)


class PaperForm(forms.Form):
    """Somebody's consent on paper: they are asked by mail all the same."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
    file = forms.FileField(label=_("The signed form"), help_text=_("PDF or picture; kept as the proof"))


class RequestForm(forms.Form):
    """The written request of somebody who took a consent back and wants it again."""

    file = forms.FileField(label=_("The person's written request"), required=False)
