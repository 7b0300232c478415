"""What others may use of service levels: trying whether something answers, by each kind of probe, without a database."""

from kontor.office.service_levels.queries.trying import Tried, try_once

__all__ = ["Tried", "try_once"]
