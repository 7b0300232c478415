"""Contracts, notices, orders and use over the REST API."""

from kontor.office.contracts.api import calc, contracts, licences, notices, orders, releases, synchronisation, usage
from kontor.office.contracts.api.mounted import endpoints

__all__ = ["calc", "contracts", "endpoints", "licences", "notices", "orders", "releases", "synchronisation", "usage"]
