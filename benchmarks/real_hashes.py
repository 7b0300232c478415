"""The tests' settings with the product's own hasher: a server that is timed makes real hashes."""

import importlib

from tests.settings import *  # noqa: F403

PASSWORD_HASHERS = importlib.import_module("kontor.config.settings").PASSWORD_HASHERS
