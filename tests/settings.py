"""The product's settings with the values that only a test needs; mypy reads the models through them too."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("KONTOR_SECRET_KEY", "only-for-tests")
os.environ.setdefault("KONTOR_MASTER_KEY", "00" * 32)
os.environ.setdefault("KONTOR_BASE_URL", "http://testserver")
os.environ.setdefault("KONTOR_BLOBS", str(Path(tempfile.gettempdir()) / f"kontor-tests-blobs-{os.getpid()}"))
os.environ.setdefault("DATABASE_URL", "postgresql://kontor_app@/set_by_the_database_fixture?host=/nowhere")

from kontor.config.settings import *  # noqa: F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test's password is no secret, its second is
