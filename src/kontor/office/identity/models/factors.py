from django.db import models


class LastCode(models.Model):
    """
    Up to which time step a person's one-time codes are used up: a code of it, or of one before, is good no more.

    It is global like the person. One row is written under its own lock, so that of two sign-ins with the same code at
    the same moment, in whichever processes, one is refused.
    """

    person = models.OneToOneField("identity.User", models.CASCADE, primary_key=True, related_name="+")
    step = models.BigIntegerField()
