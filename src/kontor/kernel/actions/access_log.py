"""Writing the access log, masking its addresses when their days are over, and forgetting its lines."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from kontor.kernel.access_log import Call, access_log

LINES_FOR: Final = timedelta(days=90)  # a line without its address is about nobody; three months show what ran how
_MASK: Final = """
UPDATE call SET address = network(set_masklen(address, CASE family(address) WHEN 4 THEN 24 ELSE 48 END))
WHERE at < %s AND masklen(address) = CASE family(address) WHEN 4 THEN 32 ELSE 128 END
"""


def write_calls(calls: Iterable[Call]) -> None:
    """Add calls to the log; NoAccessLogError where there is none."""
    with access_log() as db, db.cursor() as cursor, cursor.copy("COPY call FROM STDIN") as copy:
        for call in calls:
            copy.write_row((call.at, call.address, call.system, call.browser))


def mask_calls(*, before: datetime) -> tuple[int, int]:
    """
    Leave of every address from before a moment its network alone (IPv4 /24, IPv6 /48), and forget lines long masked.

    Return how many were masked and forgotten; what is masked already stays as it is. NoAccessLogError as above.
    """
    with access_log() as db:
        masked = db.execute(_MASK, [before]).rowcount
        forgotten = db.execute("DELETE FROM call WHERE at < %s", [before - LINES_FOR]).rowcount
    return masked, forgotten
