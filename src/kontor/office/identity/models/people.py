from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower

from kontor.kernel.rows import uuid7


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **given: Any) -> "User":
        """Make a person; without a password they set one by the link they are mailed."""
        user = self.model(email=self.normalize_email(email).lower(), **given)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser):
    """
    A person who signs in, in any number of tenants; what they may do stands in each tenant's roles.

    password_set_at  when the password in force was set; none for one that is as old as the person's account
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    email = models.EmailField(max_length=320, unique=True)
    name = models.CharField(max_length=200)
    language = models.CharField(max_length=2, blank=True)
    phone = models.CharField(max_length=50, blank=True)
    address = models.TextField(max_length=500, blank=True)
    password_set_at = models.DateTimeField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="user_email_any_case")]

    def __str__(self) -> str:
        return self.name or self.email
