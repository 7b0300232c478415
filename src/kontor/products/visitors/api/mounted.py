"""The endpoints of visitors, as one router."""

from kontor.kernel.api import Endpoints

endpoints = Endpoints()
