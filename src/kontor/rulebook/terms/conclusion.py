"""Sections about the contract itself: how it comes into being, how long it runs, how it changes and ends."""

from typing import Literal

from kontor.rulebook.terms.units import Dated, Flag, Items, Key, Named, Number, Span, Words
from kontor.rulebook.terms.value import Frozen, Value, Wording

Formed = Literal["confirmation_received", "confirmation_issued", "signed_offer_received", "order_signed", "acceptance"]
Start = Literal[
    "confirmation_received", "confirmation_issued", "signed_offer_received", "order_signed", "first_billing_interval"
]
Form = Literal["written", "text", "email", "registered_letter", "informal", "self_service"]
Counted = Literal["sent", "received"]


class Formation(Frozen):
    """How the contract comes into being, and what its offer must say."""

    formed_by: Value[Formed] | None = None
    steps: Value[Items] | None = None
    confirmation_names_terms: Value[Flag] | None = None
    customer_terms_excluded: Value[Flag] | None = None
    access_from: Value[Formed] | None = None
    starts_on_day_of_offer: Value[Flag] | None = None
    offer_contains: Value[Items] | None = None
    offer_may_contain: Value[Items] | None = None
    storage_gigabytes: Value[Number] | None = None
    later_orders_by: Value[Literal["confirmation", "signed_offer", "confirmed_request"]] | None = None
    use_is_acceptance: Value[Flag] | None = None
    specification: Value[Words] | None = None


class Documents(Frozen):
    """Which papers make the contract and which of them goes first."""

    rank: Value[Items] | None = None
    text_dated: Value[Dated] | None = None
    first_for_personal_data: Value[Key] | None = None
    lower_overrides_by_naming: Value[Flag] | None = None
    annexes: Value[Items] | None = None
    hardware_terms: Value[Flag] | None = None
    changes_need: Value[Form] | None = None


class Declarations(Frozen):
    """What the customer ticks when accepting; never ticked beforehand."""

    required: Value[Items] | None = None


class Term(Frozen):
    """How long the contract runs."""

    initial: Value[Span] | None = None
    renewal: Value[Span] | None = None
    renews_by: Value[Literal["billing_interval"]] | None = None
    counted_from: Value[Start] | None = None
    open_ended: Value[Flag] | None = None


class Notice(Frozen):
    """How the contract is ended in the ordinary way."""

    period: Value[Span] | None = None
    to: Value[Literal["term_end", "any_time"]] | None = None
    counts: Value[Counted] | None = None
    form: Value[Form] | None = None
    late_notice_ends: Value[Literal["next_term_end", "earliest_term_end_in_time"]] | None = None
    fees_owed_to_term_end: Value[Flag] | None = None
    refund: Value[Flag] | None = None
    email_is_written: Value[Flag] | None = None
    partial: Value[Flag] | None = None


class Consumer(Frozen):
    """What the law says about a contract with somebody who is no business."""

    renewal: Value[Literal["open_ended"]] | None = None
    notice: Value[Span] | None = None


class Termination(Frozen):
    """How the contract is ended for cause, and what then is owed."""

    form: Value[Form] | None = None
    partial: Value[Flag] | None = None
    provider_grounds: Value[Items] | None = None
    other_grounds: Value[Flag] | None = None
    repeated_breach_from: Value[Number] | None = None
    immediate_grounds: Value[Items] | None = None
    cure_period: Value[Span] | None = None
    cure_form: Value[Form] | None = None
    cure_letter_states: Value[Items] | None = None
    full_reductions_in_a_row: Value[Number] | None = None
    hardware_untouched: Value[Flag] | None = None
    fees_owed: Value[Literal["term_or_current_year", "current_period", "whole_term"]] | None = None
    payments_kept: Value[Flag] | None = None
    return_of_software: Value[Span] | None = None


class Change(Frozen):
    """
    One way in which terms or service may be changed.

    notice                   how long before the effect the customer must know
    answer_within            how long the customer may object
    counted_from             what starts these periods
    takes_effect             the day the change begins where it is not the day named in the notice
    silence_is_consent       what no answer means
    termination_after_objection  the provider's notice period after an objection
    """

    label: Wording
    notice: Value[Span] | None = None
    answer_within: Value[Span] | None = None
    counted_from: Value[Counted] | None = None
    form: Value[Form] | None = None
    takes_effect: Value[Literal["named_day", "on_notification", "next_billing_interval"]] | None = None
    silence_is_consent: Value[Flag] | None = None
    notice_must_state: Value[Items] | None = None
    channels: Value[Items] | None = None
    termination_after_objection: Value[Span] | None = None
    not_before_first_term_ends: Value[Flag] | None = None


class Changes(Frozen):
    """The pack's own change procedures, by the keys `kontor calc change --kind` knows."""

    kinds: Named[Key, Change] = {}
    voluntary_additions: Value[Flag] | None = None


class Acceptance(Frozen):
    """Acceptance of what was delivered."""

    period: Value[Span] | None = None
    silence_accepts: Value[Flag] | None = None
    use_accepts: Value[Flag] | None = None
    form: Value[Form] | None = None


class Cooperation(Frozen):
    """What the customer does so that the provider can perform."""

    contact: Value[Literal["declarations", "support", "everything"]] | None = None
    contact_from_users: Value[Number] | None = None
    named_signatory: Value[Flag] | None = None
    delay_moves_dates: Value[Flag] | None = None
    fault_log: Value[Flag] | None = None
    backup_before_work: Value[Flag] | None = None
    customer_backs_up: Value[Flag] | None = None
    provider_backs_up: Value[Literal["nothing", "platform_only", "restore_promised"]] | None = None
    site_change_reported: Value[Flag] | None = None
    binds_staff: Value[Flag] | None = None
    forbidden_uses: Value[Items] | None = None
    forbidden_content: Value[Items] | None = None
    forbidden_uploads: Value[Items] | None = None
    training: Value[Flag] | None = None


class Transfer(Frozen):
    """Who may hand on the contract, its claims and its work."""

    customer_needs_consent: Value[Form] | None = None
    consent_refused: Value[Literal["freely", "not_unreasonably"]] | None = None
    provider_notice: Value[Span] | None = None
    provider_notice_where_possible: Value[Flag] | None = None
    prices_may_change: Value[Flag] | None = None
    subcontracting: Value[Flag] | None = None


class Jurisdiction(Frozen):
    """Language, law and court."""

    language: Value[Literal["de", "en", "fr"]] | None = None
    translations_bind: Value[Flag] | None = None
    law: Value[Literal["de", "fr", "no"]] | None = None
    sales_convention_excluded: Value[Flag] | None = None
    court: Value[Words] | None = None
    settlement_first: Value[Flag] | None = None
    entities: Value[Items] | None = None
    countries: Value[Items] | None = None
    entity_of_country: Named[Key, Value[Key]] = {}
