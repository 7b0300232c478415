"""Sections about the service: how available, how supported, how repaired, and the hardware beside it."""

from typing import Literal

from kontor.rulebook.terms.conclusion import Form
from kontor.rulebook.terms.units import (
    Flag,
    Formula,
    Holidays,
    Items,
    Key,
    Named,
    Percent,
    Quota,
    Span,
    Windows,
    Words,
)
from kontor.rulebook.terms.value import Frozen, Value, Wording

WorkingDays = Literal["mon_fri", "mon_sat"]
ClockStarts = Literal["report_received", "operator_knows"]


class ServiceLevel(Frozen):
    """The availability promised, how it is measured and what a miss gives."""

    availability: Value[Percent] | None = None
    per: Value[Literal["month"]] | None = None
    formula: Value[Formula] | None = None
    measured_at: Value[Words] | None = None
    excuses: Value[Items] | None = None
    other_causes: Value[Literal["not_counted", "counted_without_credit"]] | None = None
    counting_starts: Value[Literal["outage", "noticed"]] | None = None
    unavailable_when: Value[Literal["either", "both"]] | None = None
    report: Value[Literal["on_request", "always"]] | None = None
    compensation: Value[Literal["none", "credit_on_claim", "reduction_after_second_period"]] | None = None
    credit: Value[Literal["down_share", "shortfall"]] | None = None
    credit_base: Value[Literal["base_fee_of_month"]] | None = None
    claim_within: Value[Span] | None = None
    claim_decided_within: Value[Span] | None = None
    claim_contains: Value[Items] | None = None


class Maintenance(Frozen):
    """When the provider works on the service, and how updates reach the customer."""

    windows: Value[Windows] | None = None
    full_shutdown_only_in_window: Value[Flag] | None = None
    announcement: Value[Literal["none", "in_parallel_when_urgent", "where_possible"]] | None = None
    outside_business_hours: Value[Literal["where_possible"]] | None = None
    daytime_reasons: Value[Items] | None = None
    may_interrupt_for: Value[Items] | None = None
    installed: Value[Items] | None = None
    versions_may_be_refused: Value[Flag] | None = None
    updates_included: Value[Flag] | None = None


class OnCall(Frozen):
    """Help outside opening hours."""

    windows: Value[Windows] | None = None
    classes: Value[Items] | None = None
    channel: Value[Literal["telephone", "email"]] | None = None
    help_consulted_first: Value[Flag] | None = None


class Support(Frozen):
    """When and how people reach support, and what it does not do."""

    hours: Value[Windows] | None = None
    zone: Value[Words] | None = None
    holidays: Value[Holidays] | None = None
    further_times_announced: Value[Flag] | None = None
    channels: Value[Items] | None = None
    channel_of_hours: Value[Literal["telephone", "email", "any"]] | None = None
    on_call: OnCall | None = None
    exclusions: Value[Items] | None = None
    forms_of_help: Value[Items] | None = None
    report_states: Value[Items] | None = None
    triage: Value[Items] | None = None
    connection_included: Value[Flag] | None = None
    may_answer_with: Value[Items] | None = None
    free_resources: Value[Items] | None = None
    out_of_scope: Value[Items] | None = None
    documentation_languages: Value[Items] | None = None
    not_liable_for: Value[Items] | None = None
    fault_address: Value[Words] | None = None


class IncidentClass(Frozen):
    """
    A class of faults, and by when what is promised. The promises' names are those of `kontor calc deadline`.

    clock_starts   only where this class differs from the section
    """

    label: Wording
    means: Wording | None = None
    clock_starts: Value[ClockStarts] | None = None
    reaction: Value[Span] | None = None
    recovery: Value[Span] | None = None
    repair: Value[Span] | None = None
    answer: Value[Span] | None = None


class Incidents(Frozen):
    """Classes of faults and the clock that runs for them."""

    classes: Named[Key, IncidentClass] = {}
    clock_starts: Value[ClockStarts] | None = None
    working_days: Value[WorkingDays] | None = None
    classified_by: Value[Literal["provider"]] | None = None
    reproducible: Value[Flag] | None = None
    best_effort: Value[Flag] | None = None
    workaround_counts: Value[Flag] | None = None
    plan_after_workaround: Value[Span] | None = None
    corrections: Value[Items] | None = None


class Defects(Frozen):
    """Warranty for the service or software."""

    remedies: Value[Items] | None = None
    notice_form: Value[Form] | None = None
    claims_need: Value[Items] | None = None
    reduction_cap: Value[Literal["monthly_fee_of_defective_part"]] | None = None
    reduction_needs_second_period: Value[Flag] | None = None
    warranty: Value[Span] | None = None
    warranty_from: Value[Literal["delivery"]] | None = None
    warranty_lapses: Value[Items] | None = None
    fruitless_search_charged: Value[Flag] | None = None


class Hardware(Frozen):
    """Things sold beside the service."""

    manual_language: Value[Literal["de", "en", "fr"]] | None = None
    freight_included: Value[Flag] | None = None
    risk_passes: Value[Literal["handover_to_customer", "handover_to_carrier"]] | None = None
    title_passes: Value[Literal["full_payment"]] | None = None
    report_while_unpaid: Value[Items] | None = None
    inspection: Value[Literal["without_delay"]] | None = None
    set_up_by: Value[Literal["customer", "provider"]] | None = None
    accessories_included: Value[Flag] | None = None
    remedies: Value[Items] | None = None
    warranty: Value[Span] | None = None
    warranty_from: Value[Literal["handover_to_carrier", "delivery"]] | None = None
    separate_terms: Value[Flag] | None = None
    timing_chain: Value[Items] | None = None


class Feedback(Frozen):
    """Wishes of customers."""

    weighed_by: Value[Items] | None = None
    duty_to_implement: Value[Flag] | None = None


class Plan(Frozen):
    """A bulk-mail plan: how many, how fast."""

    label: Wording
    monthly: Value[Quota] | None = None
    hourly: Value[Quota] | None = None


class Mailing(Frozen):
    """Bulk mail: quotas, hours, checks, consent."""

    plans: Named[Key, Plan] = {}
    hours: Value[Windows] | None = None
    hours_zone: Value[Literal["customer", "contract"]] | None = None
    review: Value[Span] | None = None
    review_reading: Value[Literal["both", "decision_within", "checked_within"]] | None = None
    indicators: Value[Items] | None = None
    thresholds: Named[Key, Value[Percent]] = {}
    suppressed: Value[Items] | None = None
    interested_within: Value[Span] | None = None
    forbidden_sources: Value[Items] | None = None
    consent: Value[Literal["double_opt_in", "opt_out"]] | None = None
    consent_form: Value[Items] | None = None
    without_consent: Value[Items] | None = None
    unsubscribe_takes_effect: Value[Literal["at_once"]] | None = None
    reactivation_needs: Value[Form] | None = None
    sender_fields: Value[Items] | None = None
    sender_domain_older_than: Value[Span] | None = None
    barred_content: Value[Items] | None = None
    barred_promotion: Value[Items] | None = None
    subject_avoids: Value[Items] | None = None
    text_share: Value[Percent] | None = None
    image_share: Value[Percent] | None = None
    content_avoids: Value[Items] | None = None
    content_has: Value[Items] | None = None
    tests: Value[Items] | None = None
    former_unsubscribes_taken_over: Value[Flag] | None = None
    delisting_charged: Value[Flag] | None = None
    limits_change_without_notice: Value[Flag] | None = None
