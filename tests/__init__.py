"""Tests, in the order of the source tree; `architecture` and `journeys` stand beside it."""
