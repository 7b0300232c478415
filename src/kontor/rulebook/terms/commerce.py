"""Sections about money: what is sold, what it costs, when it is billed, what happens when it is not paid."""

from typing import Literal

from kontor.rulebook.terms.conclusion import Counted, Form
from kontor.rulebook.terms.units import (
    Amount,
    Dates,
    Flag,
    Formula,
    Items,
    Key,
    Named,
    Number,
    Percent,
    Quota,
    Span,
    Words,
)
from kontor.rulebook.terms.value import Frozen, Value, Wording

Interval = Literal["month", "quarter", "year"]


class Module(Frozen):
    """Something that can be ordered, and the functions it is made of."""

    label: Wording
    functions: Value[Items] | None = None


class Seats(Frozen):
    """Users, licences and other countable rights, and how their number changes during the term."""

    counted: Value[Literal["named_users", "computers", "access_rights"]] | None = None
    limited_to_order: Value[Flag] | None = None
    added_by: Value[Literal["confirmed_request", "signed_offer", "order"]] | None = None
    addition_form: Value[Form] | None = None
    addition_names_cost: Value[Flag] | None = None
    added_until: Value[Literal["term_end", "billing_period_end"]] | None = None
    added_charge: Value[Formula] | None = None
    added_price: Value[Literal["list_or_agreed", "current_tariff"]] | None = None
    added_channels: Value[Items] | None = None
    added_ordered_by: Value[Literal["authorised_signatory"]] | None = None
    reduction_notice: Value[Span] | None = None
    reduction_counts: Value[Counted] | None = None
    reduction_form: Value[Form] | None = None
    reduction_takes_effect: Value[Literal["billing_interval_end", "term_end"]] | None = None
    user_kinds: Value[Items] | None = None


class Licence(Frozen):
    """Software licensed for computers at sites; `granted_for` says in the offer for how long."""

    granted_for: Value[Literal["limited_term", "perpetual"]] | None = None
    perpetual_sites: Value[Number] | None = None
    term_sites: Value[Literal["named_in_offer"]] | None = None
    computers_limited: Value[Flag] | None = None
    backup_copies: Value[Number] | None = None
    delivered_by: Value[Literal["online_with_key", "carrier"]] | None = None
    conversion_credits_fees: Value[Flag] | None = None
    interfaces_need_approval: Value[Flag] | None = None
    update_may_regress: Value[Flag] | None = None
    source_release_events: Value[Items] | None = None


class Trial(Frozen):
    """Use before the contract."""

    length: Value[Span] | None = None
    terms_apply: Value[Flag] | None = None
    ends_on: Value[Items] | None = None
    data_erased: Value[Flag] | None = None
    buyer_chooses: Value[Items] | None = None


class Prices(Frozen):
    """What prices are made of and what is charged on top."""

    net: Value[Flag] | None = None
    platform_fee_per: Value[Interval] | None = None
    hardware_once: Value[Flag] | None = None
    base_fee: Value[Literal["sum_of_users_times_plan"]] | None = None
    added_on_top: Value[Items] | None = None
    extra_services: Value[Items] | None = None
    extra_services_need: Value[Literal["signed_offer", "approval"]] | None = None
    late_maintenance: Value[Formula] | None = None
    free_reinstallations: Value[Quota] | None = None
    free_reinstallation_lasts: Value[Quota] | None = None
    change_of: Value[Literal["official_list", "not_regulated"]] | None = None
    published: Value[Items] | None = None
    expander_sold_per: Value[Literal["customer"]] | None = None
    days_before_first_interval: Value[Literal["free", "pro_rata"]] | None = None


class Index(Frozen):
    """Adjustment of prices to an index."""

    formula: Value[Formula] | None = None
    index: Value[Words] | None = None
    applies: Value[Literal["on_renewal"]] | None = None
    first_base: Value[Literal["contract_day"]] | None = None
    later_base: Value[Literal["previous_adjustment"]] | None = None
    lost_index: Value[Literal["agreement"]] | None = None
    rounds: Value[Literal["unit", "total"]] | None = None


class Invoicing(Frozen):
    """
    When is billed and when that is to be paid.

    due, due_from      every invoice; `renewal_due` only where renewals have their own period
    lead               how long before its period an invoice is issued, where that is not the period's start
    renewal_lead       how long before a renewal its invoice is issued
    collection_wait    days between the later of invoice date and pre-notification, and the first debit
    """

    in_advance: Value[Flag] | None = None
    interval: Value[Interval] | None = None
    issued: Value[Literal["period_start", "dates_of_offer", "before_period", "period_end"]] | None = None
    lead: Value[Span] | None = None
    first_interval_from: Value[Literal["contract_start", "next_month"]] | None = None
    dates: Value[Dates] | None = None
    hardware: Value[Literal["after_conclusion"]] | None = None
    due: Value[Span] | None = None
    due_from: Value[Literal["receipt", "issue"]] | None = None
    renewal_due: Value[Span] | None = None
    renewal_due_from: Value[Literal["receipt", "issue"]] | None = None
    renewal_lead: Value[Span] | None = None
    renewal_intervals: Value[Items] | None = None
    collection_wait: Value[Span] | None = None
    interval_change_from: Value[Literal["next_interval"]] | None = None
    set_off_needs: Value[Items] | None = None
    payment_methods: Value[Items] | None = None
    default_after: Value[Span] | None = None


class Arrears(Frozen):
    """
    What late payment costs and leads to.

    interest             the formula; its numbers are `interest_factor` or `interest_points`
    suspension           when service may be suspended
    ends_after           delay after which the contract ends by itself
    termination_after    delay after which it may be ended, with `termination_threat` beforehand
    """

    lump_sum: Value[Amount] | None = None
    statutory_lump_sum: Value[Literal["not_added", "added"]] | None = None
    interest: Value[Formula] | None = None
    interest_factor: Value[Number] | None = None
    interest_points: Value[Percent] | None = None
    interest_from: Value[Literal["day_after_due"]] | None = None
    suspension: Value[Literal["at_once", "after_notification"]] | None = None
    suspended: Value[Items] | None = None
    ends_after: Value[Span] | None = None
    termination_after: Value[Span] | None = None
    termination_threat: Value[Span] | None = None
    termination_threat_form: Value[Form] | None = None
    termination_at_once: Value[Flag] | None = None
    termination_notified: Value[Flag] | None = None
    dunning_levels: Value[Number] | None = None
    data_may_be_withheld: Value[Flag] | None = None


class Metering(Frozen):
    """
    What is counted and how much of it is included, by meter.

    level_measured     what of a level that goes up and down counts for a month
    gigabyte           10^9 bytes, or 2^30
    included_rounding  how what is included on some days of a month only becomes a whole number
    warned_first, warned_again  the shares of a limit at which people are told that it is almost reached
    """

    meters: Named[Key, Value[Quota]] = {}
    chargeable: Value[Items] | None = None
    chargeable_per: Value[Literal["month"]] | None = None
    charged_with: Value[Literal["next_period"]] | None = None
    shown_to: Value[Items] | None = None
    beyond: Value[Literal["refused", "pay_per_use"]] | None = None
    level_measured: Value[Literal["month_end", "peak", "average"]] | None = None
    gigabyte: Value[Literal["decimal", "binary"]] | None = None
    included_rounding: Value[Literal["nearest", "up", "down"]] | None = None
    warned_first: Value[Percent] | None = None
    warned_again: Value[Percent] | None = None
