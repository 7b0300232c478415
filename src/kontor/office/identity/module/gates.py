"""What stands before every page: locks, the client, the way in, the password, the factor, the instruction."""

from typing import Final

from kontor.kernel.registry import Gate
from kontor.office.identity.queries.instructions import must_commit
from kontor.office.identity.queries.locks import is_locked
from kontor.office.identity.queries.training import looks_untrained
from kontor.office.identity.queries.way_in import way_in_is_shut
from kontor.office.identity.views.admission import is_refused
from kontor.office.identity.views.password import must_change
from kontor.office.identity.views.proving import missing as factor_missing

GATES: Final = (
    Gate(key="identity.locked", url_name="identity:locked", stands_before=is_locked, order=1),
    Gate(
        key="identity.client",
        url_name="identity:refused",
        stands_before=is_refused,
        order=5,
        leaves_open=frozenset({"identity.clients"}),  # or a slip in the list would lock out whoever can mend it
        lasting=True,
        strict=True,
    ),
    Gate(
        key="identity.way_in",
        url_name="identity:way-in",
        stands_before=way_in_is_shut,
        order=8,
        lasting=True,
        strict=True,
    ),
    Gate(
        key="identity.second_factor",
        url_name="identity:factor-needed",
        stands_before=factor_missing,
        order=20,
        strict=True,
    ),
    Gate(
        key="identity.password",
        url_name="identity:password",
        stands_before=must_change,
        order=10,
        lasting=True,
    ),
    Gate(
        key="identity.training",
        url_name="identity:trainings",
        stands_before=looks_untrained,
        order=25,
    ),
    Gate(
        key="identity.instruction",
        url_name="identity:instruction",
        stands_before=must_commit,
        order=30,
        lasting=True,
    ),
)
