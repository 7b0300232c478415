"""What is filled in for the customer centre: by the tenant, and by its customers."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import DayField
from kontor.kernel.wording import spoken
from kontor.office.desk.forms.work import FileForm
from kontor.office.desk.models import Article
from kontor.office.desk.queries.articles import modules_read

_VIDEO_BYTES = 200 * 10**6
_LANGUAGES = [("de", _("German")), ("en", _("English"))]


class CentreForm(forms.Form):
    """The customer centre, and what is promised in it."""

    title = forms.CharField(label=_("Heading"), max_length=100)
    slug = forms.SlugField(
        label=_("Name in the link"), max_length=60, help_text=_("Stands in the link: /centre/address/")
    )
    opened = forms.BooleanField(label=_("Open for customers"), required=False)
    joins = forms.BooleanField(
        label=_("Anybody may make an account with a confirmed address"), required=False,
    )  # fmt: skip
    chats = forms.BooleanField(label=_("Anybody may begin a chat"), required=False)
    invited_days = forms.IntegerField(label=_("An invitation is good for so many days"), min_value=1, max_value=60)
    unconfirmed_days = forms.IntegerField(
        label=_("Who never came in is forgotten after so many days"), min_value=1, max_value=365,
    )  # fmt: skip
    answer_hours = forms.IntegerField(
        label=_("Answered within"), min_value=1, max_value=400, required=False,
        help_text=_("Office hours; nothing is promised while this is empty"),
    )  # fmt: skip
    hours = forms.CharField(
        label=_("Office hours"), max_length=200, required=False, help_text="Mon-Thu 09:00-17:00, Fri 09:00-15:00"
    )
    country = forms.CharField(label=_("Public holidays of"), max_length=2, required=False, help_text="DE, FR, AT")
    region = forms.CharField(label=_("Part of the country"), max_length=3, required=False, help_text="BY, HH")

    def clean(self) -> dict[str, Any]:
        """Hours are needed once an answer is promised."""
        given = super().clean() or {}
        if given.get("answer_hours") and not given.get("hours"):
            self.add_error("hours", _("By which hours is the answer counted?"))
        return given


class PersonForm(forms.Form):
    """An end customer."""

    name = forms.CharField(label=_("Name"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), max_length=320)
    party = forms.ChoiceField(label=_("Customer"), required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    company = forms.BooleanField(label=_("Sees the requests of the whole company"), required=False)
    left_on = DayField(label=_("Has left from"), required=False)

    def __init__(self, *args: Any, parties: Iterable[tuple[Any, str]], **given: Any) -> None:
        super().__init__(*args, **given)
        self.fields["party"].choices = [("", _("not known yet")), *((str(key), name) for key, name in parties)]  # type: ignore[attr-defined]


class VideoForm(forms.Form):
    """Something with a video of our own, if any; its transcript is the text."""

    video = forms.FileField(label=_("Video (MP4 or WebM)"), required=False)
    captions_de = forms.CharField(
        label=_("Captions in German (WebVTT)"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )
    captions_en = forms.CharField(
        label=_("Captions in English (WebVTT)"), required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def clean_video(self) -> Any:
        """Refuse what a server had better not hold in memory."""
        file = self.cleaned_data["video"]
        if file and file.size > _VIDEO_BYTES:
            raise forms.ValidationError(_("A video may have up to 200 MB."))
        return file

    def split(self) -> tuple[dict[str, Any], tuple[str, bytes] | None]:
        """Return what was filled in, and the video with its name."""
        given = dict(self.cleaned_data)
        file = given.pop("video")
        return given, (file.name, file.read()) if file else None


class ArticleForm(VideoForm):
    """An article in both languages."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("ARTICLE", _("Article")), ("MANUAL", _("Short manual")), ("VIDEO", _("Video"))]
    )
    state = forms.ChoiceField(
        label=_("State"), choices=[("DRAFT", _("Draft")), ("PUBLISHED", _("Published")), ("ARCHIVED", _("Archived"))]
    )
    audience = forms.ChoiceField(
        label=_("Who reads it"),
        choices=[
            ("PUBLIC", _("Anybody")),
            ("CUSTOMERS", _("Customers who are signed in")),
            ("STAFF", _("Our own people")),
        ],
    )
    category_de = forms.CharField(label=_("Category, in German"), max_length=100)
    category_en = forms.CharField(label=_("Category, in English"), max_length=100)
    title_de = forms.CharField(label=_("Title, in German"), max_length=200)
    text_de = forms.CharField(label=_("Text, in German"), widget=forms.Textarea(attrs={"rows": 10}))
    title_en = forms.CharField(label=_("Title, in English"), max_length=200)
    text_en = forms.CharField(label=_("Text, in English"), widget=forms.Textarea(attrs={"rows": 10}))
    module = forms.ChoiceField(label=_("About which module?"), required=False)
    review_on = DayField(label=_("Look again on"), required=False)
    link = forms.URLField(label=_("Link to a file"), max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, **given: Any) -> None:
        super().__init__(*args, **given)
        named = [(key, spoken(title)) for key, title in modules_read()]
        self.fields["module"].choices = [("", _("none in particular")), *named]  # type: ignore[attr-defined]

    @staticmethod
    def start(article: Article | None) -> dict[str, Any]:
        """Return what stands in the fields before anybody writes."""
        names = [name for name in ArticleForm.base_fields if name != "video"]
        return {name: getattr(article, name) for name in names} if article else {}


class CentreAskForm(FileForm):
    """A request of an end customer."""

    subject = forms.CharField(label=_("What is it about?"), max_length=200)
    text = forms.CharField(label=_("What would you like to know?"), widget=forms.Textarea(attrs={"rows": 6}))
    field_order = ("subject", "text", "file")


class ProfileForm(forms.Form):
    """What an end customer says of themselves."""

    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)


class FeedbackForm(forms.Form):
    """Whether an article helped."""

    helpful = forms.TypedChoiceField(choices=[("yes", _("Yes")), ("no", _("No"))], coerce=lambda word: word == "yes")
    words = forms.CharField(label=_("What is missing?"), max_length=1000, required=False)
