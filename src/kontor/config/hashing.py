"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """
    Argon2id above every one of OWASP's minimal settings: 46 MiB, two passes, one lane.

    A hash that was made with less is renewed when its person signs in.
    """

    time_cost = 2
    memory_cost = 47_104  # KiB
    parallelism = 1
