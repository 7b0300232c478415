"""
What others may use of service levels: trying whether something answers, and the outages a request may belong to.

A prober elsewhere reads this file without a database, so nothing here imports a table.
"""

from kontor.office.service_levels.queries.known import KnownOutage, outages_lately
from kontor.office.service_levels.queries.trying import Tried, try_once

__all__ = ["KnownOutage", "Tried", "outages_lately", "try_once"]
