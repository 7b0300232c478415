"""Contracts, notices, orders and use over the REST API."""

from kontor.office.contracts.api import contracts, notices, orders, usage
from kontor.office.contracts.api.mounted import endpoints

__all__ = ["contracts", "endpoints", "notices", "orders", "usage"]
