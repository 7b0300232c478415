"""What people type about themselves and about those they work with."""

from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any, Self

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kontor.kernel.forms import ChoiceWithHint, DayField
from kontor.kernel.models import Membership, Role
from kontor.office.identity.queries.passwords import Demands

_COMPANY = "company"
LANGUAGES = (("de", "Deutsch"), ("en", "English"))


def kind_field() -> ChoiceWithHint:
    """Return the field that tells employees from people of other companies."""
    return ChoiceWithHint(
        label=_("Counts as"),
        options=(
            (Membership.Kind.EMPLOYEE, _("Employee"), _("Belongs to this company")),
            (
                Membership.Kind.SERVICE_PROVIDER,
                _("Service provider"),
                _("Works for you under a contract of another company; counted apart"),
            ),
        ),
        initial=Membership.Kind.EMPLOYEE,
    )


def contract_field() -> forms.CharField:
    """Return the field for the contract under which somebody of another company works here (SO-011)."""
    return forms.CharField(
        label=_("Contract under which this person works for you"),
        help_text=_("Number or name and date, such as framework agreement 2026-017."),
        max_length=200,
        required=False,
    )


class FirstPasswordForm(forms.Form):
    """The password that a person sets for themselves; nobody else ever sees one."""

    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *given: Any, demands: Demands, **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["password"].help_text = demands.sentence()


class RolesField(forms.MultipleChoiceField):
    """One or several of the tenant's roles; those that allow more than one's own rights cannot be changed."""

    widget = forms.CheckboxSelectMultiple

    def offer(self, roles: Collection[Role]) -> None:
        """Set the roles to choose from."""
        self.choices = [(str(role.pk), role.name) for role in roles]
        self.hints = {str(role.pk): _("May do everything") for role in roles if role.everything}


class InviteForm(forms.Form):
    """Somebody who is to work here."""

    email = forms.EmailField(label=_("E-mail"), max_length=320)
    name = forms.CharField(label=_("Name"), max_length=200)
    phone = forms.CharField(
        label=_("Telephone"), max_length=50, required=False,
        help_text=_("Where this person is reached besides e-mail; they can change it."),
    )  # fmt: skip
    kind = kind_field()
    roles = RolesField(label=_("Roles"))
    language = forms.ChoiceField(label=_("Language of the invitation"), choices=LANGUAGES)
    consulting_contract = contract_field()
    last_day = DayField(
        label=_("Last day"), required=False, help_text=_("For a guest: the access ends when this day is over.")
    )

    def __init__(self, *given: Any, roles: Collection[Role], today: date, **more: Any) -> None:
        super().__init__(*given, **more)
        self.today = today
        self.fields["roles"].offer(roles)  # type: ignore[attr-defined]

    def clean_last_day(self) -> date | None:
        """Refuse a day that is over."""
        day: date | None = self.cleaned_data["last_day"]
        if day is not None and day < self.today:
            raise forms.ValidationError(_("That day is over. Name today or a day to come."))
        return day

    @property
    def until(self) -> datetime | None:
        """The moment of leaving: the midnight after the last day, in the tenant's zone."""
        day: date | None = self.cleaned_data["last_day"]
        return midnight_after(day) if day else None


class MemberForm(forms.Form):
    """What a member is and may do, and until when."""

    kind = kind_field()
    consulting_contract = contract_field()
    roles = RolesField(label=_("Roles"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("The access ends when this day is over."))

    def __init__(self, *given: Any, roles: Collection[Role], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["roles"].offer(roles)  # type: ignore[attr-defined]

    @property
    def until(self) -> datetime | None:
        """The moment of leaving: the midnight after the last day, in the tenant's zone."""
        day: date | None = self.cleaned_data["last_day"]
        return midnight_after(day) if day else None


class RoleForm(forms.Form):
    """A role's name."""

    name = forms.CharField(label=_("Name of the role"), max_length=100)


class ProfileForm(forms.Form):
    """How a person is called and spoken to."""

    name = forms.CharField(label=_("Name"), max_length=200)
    language = forms.TypedChoiceField(
        label=_("Language"),
        choices=((_COMPANY, _("As the company has it")), *LANGUAGES),
        coerce=lambda chosen: "" if chosen == _COMPANY else chosen,
        empty_value="",
    )
    phone = forms.CharField(label=_("Telephone"), max_length=50, required=False)
    address = forms.CharField(
        label=_("Address"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @classmethod
    def of(cls, user: Any, data: Any = None) -> Self:
        """Return the form as it stands for a person."""
        said = {name: getattr(user, name) for name in ("name", "phone", "address")}
        return cls(data, initial={"language": user.language or _COMPANY, **said})


class AddressForm(forms.Form):
    """Another e-mail address, asked for by somebody who knows the password."""

    email = forms.EmailField(label=_("New e-mail address"), max_length=320)
    old = forms.CharField(
        label=_("Your password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *given: Any, user: Any, typed: Callable[[str], str], **more: Any) -> None:
        """Take whose address it is, and what looks at the password that was typed."""
        super().__init__(*given, **more)
        self.user, self.typed = user, typed

    def clean_email(self) -> str:
        """Refuse what is no change."""
        email: str = self.cleaned_data["email"].strip().lower()
        if email == self.user.email:
            raise forms.ValidationError(_("This is your address already."))
        return email

    def clean_old(self) -> str:
        """Refuse whoever found an open screen."""
        return self.typed(self.cleaned_data["old"])


class PasswordForm(forms.Form):
    """A new password, set by somebody who knows the old one."""

    old = forms.CharField(
        label=_("Your password until now"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    new = forms.CharField(
        label=_("Your new password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *given: Any, typed: Callable[[str], str], demands: Demands, **more: Any) -> None:
        """Take what looks at the password that was typed, and what the new one has to satisfy."""
        super().__init__(*given, **more)
        self.typed = typed
        self.fields["new"].help_text = demands.sentence()

    def clean_old(self) -> str:
        """Refuse whoever found an open screen."""
        return self.typed(self.cleaned_data["old"])


def midnight_after(day: date) -> datetime:
    """Return the moment at which a day is over, in the page's zone."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def last_day(until: datetime | None) -> date | None:
    """Return the last day, in the page's zone, on which somebody who leaves at `until` is still here."""
    return timezone.localdate(until - timedelta(microseconds=1)) if until else None
