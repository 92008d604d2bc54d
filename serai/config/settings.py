"""The one settings file. The environment decides; nothing else does.

`SERAI_MODE` is one of `demo`, `test`, `production` (the default). Demo and test fill in what a
newcomer should not have to know; production refuses to start until every value is given and safe.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import environ
import structlog
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from serai.core.local.state import LocalState

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
MODE = env.str("SERAI_MODE", default="production")
if MODE not in {"demo", "test", "production"}:
    raise ImproperlyConfigured(f"SERAI_MODE is {MODE!r}; use demo, test or production.")
IS_PRODUCTION = MODE == "production"
DEMO = MODE == "demo"

LOCAL = LocalState.from_environment()

# --- What production must be told ---------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY", default="" if IS_PRODUCTION else LOCAL.secret_key())
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=[] if IS_PRODUCTION else ["localhost", "127.0.0.1", "[::1]", "testserver"],
)
SITE_URL = env.str("SITE_URL", default="" if IS_PRODUCTION else "http://localhost:8000").rstrip("/")
DATABASE_URL = env.str("DATABASE_URL", default="" if IS_PRODUCTION else LOCAL.database_url)
VALKEY_URL = env.str("VALKEY_URL", default="" if IS_PRODUCTION else LOCAL.valkey_url)
EMAIL_URL = env.str("EMAIL_URL", default="" if IS_PRODUCTION else "mailbox://")
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="Serai <stay@serai.example>")

if IS_PRODUCTION:
    problems = []
    if len(SECRET_KEY) < 50:
        problems.append("SECRET_KEY must be a random string of at least 50 characters.")
    if DEBUG:
        problems.append("DEBUG must be off.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        problems.append("ALLOWED_HOSTS must name the site's own hosts, without '*'.")
    if urlsplit(SITE_URL).scheme != "https":
        problems.append("SITE_URL must be the public address and start with https://.")
    if not DATABASE_URL:
        problems.append("DATABASE_URL must name a PostgreSQL database.")
    if not VALKEY_URL:
        problems.append("VALKEY_URL must name a Valkey or Redis server.")
    if not EMAIL_URL or EMAIL_URL.startswith("mailbox:"):
        problems.append("EMAIL_URL must name a mail server (the demo mailbox keeps codes readable).")
    if env.str("CARD_GATEWAY", default="") == "fake":
        problems.append("CARD_GATEWAY must be a real provider or empty: the fake one takes no money.")
    if problems:
        raise ImproperlyConfigured(
            "Serai does not start with unsafe settings:\n  - " + "\n  - ".join(problems)
        )

# --- Applications, middleware ---------------------------------------------------------------------
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "django_celery_beat",
    "django_structlog",
    "rules",
    "serai.core",
    "serai.accounts",
    "serai.properties",
    "serai.inventory",
    "serai.rates",
    "serai.payments",
    "serai.bookings",
    "serai.reviews",
    "serai.search",
    "serai.channels",
    "serai.web",
]

MIDDLEWARE = [
    "serai.core.http.RequestIdMiddleware",
    "serai.core.http.HealthMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "serai.web.account.second_factor.SecondFactorMiddleware",
]
if MODE == "test":
    INSTALLED_APPS.append("zeal")
    # The outermost, so that each request is counted for itself, sessions and all.
    MIDDLEWARE.insert(0, "zeal.middleware.zeal_middleware")
    ZEAL_RAISE = True
    # allauth looks the same address up several times in one step; it does not do so once per row.
    ZEAL_ALLOWLIST = [{"model": "account.EmailAddress", "field": "get()"}]

ROOT_URLCONF = "serai.config.urls"
WSGI_APPLICATION = "serai.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "web" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "serai.web.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# --- Data -----------------------------------------------------------------------------------------
# How long a booking waits for another one, in milliseconds.
LOCK_TIMEOUT_MS = 2000
CONNECTION_LOCK_TIMEOUT_MS = LOCK_TIMEOUT_MS
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASES["default"].update(
    {
        "ENGINE": "django.db.backends.postgresql",
        "ATOMIC_REQUESTS": False,
        "CONN_HEALTH_CHECKS": True,
        "TEST": {"NAME": env.str("SERAI_TEST_DATABASE", default="test_serai")},
    }
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        "pool": {
            "min_size": 0,
            "max_size": env.int("DATABASE_POOL", default=16),
            "timeout": 5,
            "max_idle": 60,
        },
        "connect_timeout": 3,
        # Every wait for a lock is short, see `core.db`; said once per connection, not per transaction.
        "options": f"-c lock_timeout={LOCK_TIMEOUT_MS}ms",
        "application_name": env.str("SERAI_PROCESS", default="serai"),
    }
)
if MODE == "test":
    DATABASES["default"]["OPTIONS"].pop("pool")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "serai.accounts.throttle.RateLimitCache",
        "LOCATION": VALKEY_URL,
        "KEY_PREFIX": "serai",
        "OPTIONS": {
            # A cache that is away must not take the site with it: time out fast, answer as a miss.
            "IGNORE_EXCEPTIONS": True,
            "SOCKET_CONNECT_TIMEOUT": 0.25,
            "SOCKET_TIMEOUT": 0.5,
        },
    },
}
DJANGO_REDIS_LOG_IGNORED_EXCEPTIONS = True
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30

# --- Background work --------------------------------------------------------------------------------
CELERY_BROKER_URL = env.str(
    "BROKER_URL",
    default=VALKEY_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host="),
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 100
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_ROUTES = {"serai.properties.tasks.*": {"queue": "cpu"}}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 180,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
# An outbox row that was handed to the queue and not done by then is handed over again: its worker died.
OUTBOX_REDISPATCH_SECONDS = env.int("OUTBOX_REDISPATCH_SECONDS", default=60)
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE = {
    "sweep-expired-holds": {"task": "serai.inventory.tasks.sweep_expired_holds", "schedule": 30.0},
    "offer-to-waiting": {"task": "serai.bookings.tasks.offer_to_waiting", "schedule": 30.0},
    "extend-horizon": {"task": "serai.bookings.tasks.extend_horizon", "schedule": 24 * 3600.0},
    "assign-tomorrows-rooms": {
        "task": "serai.bookings.tasks.assign_tomorrows_rooms",
        "schedule": 24 * 3600.0,
    },
    "remind-of-deposits": {"task": "serai.bookings.tasks.remind_of_deposits", "schedule": 3600.0},
    "make-partitions-ahead": {"task": "serai.core.tasks.make_partitions_ahead", "schedule": 12 * 3600.0},
    "forget-never-verified": {"task": "serai.accounts.tasks.forget_never_verified", "schedule": 24 * 3600.0},
    "refresh-waiting-payments": {"task": "serai.payments.tasks.refresh_waiting_payments", "schedule": 60.0},
    "forget-done-messages": {"task": "serai.core.tasks.forget_done_messages", "schedule": 3600.0},
    "trim-night-history": {"task": "serai.inventory.tasks.trim_night_history", "schedule": 24 * 3600.0},
    "trim-rate-history": {"task": "serai.rates.tasks.trim_rate_history", "schedule": 24 * 3600.0},
}
CELERY_TIMEZONE = "UTC"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- People -----------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
# The address is unique where there is one; who signed up with a mobile number has none yet.
SILENCED_SYSTEM_CHECKS = ["auth.W004"]
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "trips"
ACCOUNT_ADAPTER = "serai.accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Tries at one code. Our own atomic count and allauth's count in the session agree on it.
ACCOUNT_CODE_ATTEMPTS = 3
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = ACCOUNT_CODE_ATTEMPTS
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_FORMS = {
    "login": "serai.accounts.forms.PasswordLoginForm",
    "request_login_code": "serai.accounts.forms.RequestCodeForm",
    "confirm_login_code": "serai.accounts.forms.LoginCodeForm",
    "confirm_email_verification_code": "serai.accounts.forms.EmailCodeForm",
    "confirm_password_reset_code": "serai.accounts.forms.PasswordResetCodeForm",
    "verify_phone": "serai.accounts.forms.PhoneCodeForm",
}
# A code has 8 letters out of 20. At three tries each, 30 codes a day leave a guesser one chance in
# two hundred million; three a minute are enough for a person.
ACCOUNT_RATE_LIMITS = {"request_login_code": "20/m/ip,3/m/key,10/h/key,30/d/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=0)
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_TOTP_ISSUER = "Serai"
MFA_PASSKEY_LOGIN_ENABLED = True
# There is one way to sign up, the code; a passkey is added after it.
MFA_PASSKEY_SIGNUP_ENABLED = False
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
# Staff may not work without an authenticator app or a security key; hosts are advised to have one.
STAFF_NEED_SECOND_FACTOR = env.bool("STAFF_NEED_SECOND_FACTOR", default=IS_PRODUCTION)
PHONE_REGION = env.str("PHONE_REGION", default="IN")
# The class that sends text messages. Empty: people sign in by e-mail only.
SMS_SENDER = env.str("SMS_SENDER", default="" if IS_PRODUCTION else "serai.accounts.sms.MailboxSender")
if IS_PRODUCTION and SMS_SENDER == "serai.accounts.sms.MailboxSender":
    raise ImproperlyConfigured("SMS_SENDER must not be the mailbox in production: it keeps codes readable.")

# --- Mail -------------------------------------------------------------------------------------------
if EMAIL_URL.startswith("mailbox:"):
    EMAIL_BACKEND = "serai.core.mail.MailboxBackend"
else:
    vars().update(env.email_url_config(EMAIL_URL))
EMAIL_TIMEOUT = 10

# --- Languages, formats -----------------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("hi", _("Hindi")), ("fr", _("French")), ("ar", _("Arabic"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["serai.config.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

# --- Files ------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = env.path("STATIC_ROOT", default=str(LOCAL.root / "static"))
MEDIA_URL = "media/"
MEDIA_ROOT = env.path("MEDIA_ROOT", default=str(LOCAL.root / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE == "test"
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
PHOTO_MAX_BYTES = 15 * 1024 * 1024
PHOTO_MAX_PIXELS = 50_000_000

# --- Payments ---------------------------------------------------------------------------------------
# The gateway that takes cards. Without one, nobody is offered to pay by card and prepaid rates are
# not sold. The fake provider exists in demo and tests only.
CARD_GATEWAY = env.str("CARD_GATEWAY", default="" if IS_PRODUCTION else "fake")

# --- Live updates -----------------------------------------------------------------------------------
# The stream process answers under its own port in the demo and behind the same host in production.
STREAM_URL = env.str("STREAM_URL", default="/stream/")

# --- Security ---------------------------------------------------------------------------------------
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "serai.web.errors.csrf_failure"
if IS_PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=60 * 60 * 24 * 365)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
_stream = urlsplit(STREAM_URL)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:", "blob:"],
        "connect-src": [SELF, *([f"{_stream.scheme}://{_stream.netloc}"] if _stream.netloc else [])],
        "font-src": [SELF],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
    },
}

# --- Business limits --------------------------------------------------------------------------------
QUOTE_SECONDS = 15 * 60
HOLD_SECONDS = 15 * 60
WAITLIST_SECONDS = env.int("WAITLIST_SECONDS", default=2 * 60 * 60)
MAX_STAY_NIGHTS = 90
HISTORY_DAYS = env.int("HISTORY_DAYS", default=400)

# --- Logs -------------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processor": structlog.dev.ConsoleRenderer(colors=False)
            if not IS_PRODUCTION
            else structlog.processors.JSONRenderer(),
        },
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {
        "handlers": ["console"],
        "level": env.str("LOG_LEVEL", default="INFO" if MODE != "test" else "WARNING"),
    },
    "loggers": {"django_structlog": {"level": "WARNING"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.filter_by_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
