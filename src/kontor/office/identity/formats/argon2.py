"""How passwords are kept."""

from django.contrib.auth.hashers import Argon2PasswordHasher


class Argon2(Argon2PasswordHasher):
    """
    Argon2id at the first of OWASP's minimal settings, 46 MiB in one pass by one lane; a weaker hash is renewed at sign-in.

    19 MiB in two passes is as strong; one pass over more memory costs an attacker's graphics card more and us no longer.
    """

    time_cost = 1
    memory_cost = 47_104  # KiB
    parallelism = 1
