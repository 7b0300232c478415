"""Contracts, notices, orders and use over the REST API."""

from kontor.office.contracts.api import contracts, notices, orders, synchronisation, usage
from kontor.office.contracts.api.mounted import endpoints

__all__ = ["contracts", "endpoints", "notices", "orders", "synchronisation", "usage"]
