"""Django's settings; every value that differs between installations comes from the environment."""

import json
from pathlib import Path
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from kontor.config import environment
from kontor.kernel import data_places

SOURCE = Path(__file__).resolve().parent.parent

SECRET_KEY = environment.required("KONTOR_SECRET_KEY")
KONTOR_MASTER_KEY = environment.required("KONTOR_MASTER_KEY")
KONTOR_BASE_URL = environment.required("KONTOR_BASE_URL")
KONTOR_APP_ROLE = environment.optional("KONTOR_APP_ROLE", "kontor_app")
KONTOR_ERASER_ROLE = environment.optional("KONTOR_ERASER_ROLE", "kontor_eraser")
KONTOR_ERASER_URL = environment.optional("DATABASE_ERASER_URL")
KONTOR_ACCESS_URL = environment.optional("DATABASE_ACCESS_URL")
KONTOR_BACKUP_DAYS = int(environment.optional("KONTOR_BACKUP_DAYS", "30"))
KONTOR_CLAMD = environment.optional("KONTOR_CLAMD")
KONTOR_DEMO = environment.switched_on("KONTOR_DEMO")
KONTOR_STAGE = environment.stage()
KONTOR_COOKIES = environment.cookies()
KONTOR_WEBHOOKS_PRIVATE = KONTOR_DEMO or environment.switched_on("KONTOR_WEBHOOKS_PRIVATE")
KONTOR_DNS = environment.optional("KONTOR_DNS")
KONTOR_PROCESSORS = {
    "card_address": "https://api.stripe.com",
    "card_key": environment.optional("KONTOR_CARD_KEY"),
    "card_webhook": environment.optional("KONTOR_CARD_WEBHOOK"),
    "paypal_address": f"https://api-m{'.sandbox' if KONTOR_STAGE == 'test' else ''}.paypal.com",
    "paypal_client": environment.optional("KONTOR_PAYPAL_CLIENT"),
    "paypal_secret": environment.optional("KONTOR_PAYPAL_SECRET"),
    "paypal_webhook": environment.optional("KONTOR_PAYPAL_WEBHOOK"),
}
KONTOR_BLOBS = Path(environment.required("KONTOR_BLOBS"))
KONTOR_PLACES = data_places.declared(environment.optional("KONTOR_PLACES"))
KONTOR_S3_KEYS = data_places.bucket_keys(environment.optional("KONTOR_S3_KEYS"), KONTOR_PLACES)
KONTOR_STATUS_COPY = environment.optional("KONTOR_STATUS_COPY")

DEBUG = False
_HOST = urlsplit(KONTOR_BASE_URL).hostname or ""
ALLOWED_HOSTS = [host for host in environment.optional("KONTOR_HOSTS", _HOST).split(",") if host]
CSRF_TRUSTED_ORIGINS = [KONTOR_BASE_URL]
DATABASES = {
    "default": environment.database(
        environment.required("DATABASE_URL"),
        pool=int(environment.optional("KONTOR_DB_POOL", "0")),
        prepare=environment.switched_on("KONTOR_DB_PREPARE", "1"),
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

OFFICE = [
    "identity",
    "parties",
    "questionnaires",
    "documents",
    "flows",
    "terminals",
    "messages",
    "privacy",
    "books",
    "contracts",
    "service_levels",
    "desk",
]
PRODUCTS = ["visitors"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "kontor.config.apps.NoticesConfig",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "procrastinate.contrib.django",
    "django_htmx",
    "kontor.kernel",
    *(f"kontor.office.{app}" for app in OFFICE),
    *(f"kontor.products.{app}" for app in PRODUCTS),
    # Behind ours, so that our templates are found before the library's.
    "allauth",
    "allauth.account",
    "allauth.mfa",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kontor.kernel.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kontor.kernel.middleware.language",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "kontor.kernel.middleware.TenantMiddleware",
]
ROOT_URLCONF = "kontor.config.urls"
WSGI_APPLICATION = "kontor.config.wsgi.application"
ASGI_APPLICATION = "kontor.config.asgi.application"
FORM_RENDERER = "kontor.kernel.forms.rendering.Renderer"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "kontor.kernel.shell.shell",
            ],
            "builtins": ["django.templatetags.i18n", "kontor.kernel.templatetags.kontor"],
        },
    }
]

AUTH_USER_MODEL = "identity.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "kontor.office.identity.queries.passwords.DemandsValidator"},
    {"NAME": "kontor.office.identity.queries.passwords.ListValidator"},
]
KONTOR_PASSWORD_LIST = environment.optional("KONTOR_PASSWORD_LIST")
KONTOR_DEVICE_KEYS = json.loads(environment.optional("KONTOR_DEVICE_KEYS", "{}"))
PASSWORD_HASHERS = [
    "kontor.config.hashing.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",  # reads what was set before; signing in sets it anew
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_FORMS = {"reset_password_from_key": "kontor.office.identity.forms.sign_in.NewPasswordForm"}
ACCOUNT_ADAPTER = "kontor.office.identity.views.sign_in.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "kontor.office.identity.views.sign_in.display"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
# Wrong passwords, wrong codes and mails asked for are counted in our database (identity.actions.attempts); the library
# would count per process, and shut out a person's own devices.
ACCOUNT_RATE_LIMITS = False
KONTOR_SIGN_IN_LIMITS = {
    "per_account": int(environment.optional("KONTOR_SIGN_IN_FAILURES", "10")),
    "per_address": int(environment.optional("KONTOR_SIGN_IN_FAILURES_ADDRESS", "100")),
    "minutes": int(environment.optional("KONTOR_SIGN_IN_MINUTES", "5")),
    "pause_minutes": int(environment.optional("KONTOR_SIGN_IN_PAUSE", "15")),
}
KONTOR_PROXIES = frozenset(filter(None, environment.optional("KONTOR_PROXIES").split(",")))
KONTOR_PRINTERS = tuple(filter(None, environment.optional("KONTOR_PRINTERS").split(",")))
MFA_ADAPTER = "kontor.office.identity.actions.factor_adapter.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"  # so that a passkey is two factors by itself

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = KONTOR_BASE_URL.startswith("https://")
_HOST_ONLY = "__Host-" if SESSION_COOKIE_SECURE else ""  # the browser then refuses one set for or by another host
SESSION_COOKIE_NAME = f"{_HOST_ONLY}sessionid"
CSRF_COOKIE_NAME = f"{_HOST_ONLY}csrftoken"
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
CSRF_COOKIE_AGE = None  # it keeps unauthorised persons out of one session, and is gone with the browser
CSRF_FAILURE_VIEW = "kontor.kernel.views.errors.form_refused"
SESSION_ENGINE = "kontor.kernel.sessions"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024

LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "kontor_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Berlin"
LOCALE_PATHS = [SOURCE / "config" / "locale"]

STATIC_URL = "/static/"
STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.AppDirectoriesFinder"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/kernel/dist/.+\.[0-9A-Z]{8}\.\w+$"  # the build names these by their content

EMAIL_HOST = environment.optional("KONTOR_SMTP_HOST", "")
EMAIL_PORT = int(environment.optional("KONTOR_SMTP_PORT", "25"))
EMAIL_HOST_USER = environment.optional("KONTOR_SMTP_USER")
EMAIL_HOST_PASSWORD = environment.optional("KONTOR_SMTP_PASSWORD")
EMAIL_USE_TLS = environment.switched_on("KONTOR_SMTP_STARTTLS")
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = environment.optional("KONTOR_MAIL_FROM", "kontor@localhost")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_ON_APP_READY = "kontor.kernel.jobs.on_app_ready"
BESIDE_THE_WORKER = ("kontor.office.desk.jobs.watch_mailboxes",)  # each a thread, given the event that asks it to end

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": environment.optional("KONTOR_LOG_LEVEL", "INFO")},
    "loggers": {
        "procrastinate": {"level": "WARNING"},
        "pikepdf": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # strangers' probing, answered with 400
    },
}
