"""Which setting has which value, read from the environment by django-environ (listed in docs/configuration.md).

It refuses to guess in production: without DEBUG, the keys must be given.
"""

from pathlib import Path

import django_stubs_ext
import environ
from django.urls import reverse_lazy

from imes.database.config import databases, var_dir
from imes.database.roles import Roles
from imes.keys import development_key

# Django's generic classes take their type parameters at run time too, as the type checker sees them.
django_stubs_ext.monkeypatch()

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")
VAR_DIR = var_dir(env, base_dir=BASE_DIR)

DEBUG = env.bool("DEBUG", default=False)
PORT = env.str("PORT", default="8000")
PUBLIC_URL = env.str("PUBLIC_URL", default=f"http://127.0.0.1:{PORT}").rstrip("/")

SECRET_KEY = env.str("SECRET_KEY", default="") or development_key("SECRET_KEY", debug=DEBUG, folder=VAR_DIR)
# Newest first: the first key encrypts, all of them decrypt, so that a key is rotated by prepending one.
FIELD_KEYS = env.list("FIELD_KEYS", default=[]) or [development_key("FIELD_KEYS", debug=DEBUG, folder=VAR_DIR)]
# Newest first: the first key signs seals and evidence, all of them verify. A system check says when there is none.
EVIDENCE_SIGNING_KEYS = env.list("EVIDENCE_SIGNING_KEY", default=[]) or (
    [development_key("EVIDENCE_SIGNING_KEY", debug=DEBUG, folder=VAR_DIR)] if DEBUG else []
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"] if DEBUG else [])
# Addresses or networks of proxies in front, whose X-Forwarded-For is believed.
TRUSTED_PROXIES = env.list("TRUSTED_PROXIES", default=[])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[PUBLIC_URL] if PUBLIC_URL.startswith("https") else [])

INSTALLED_APPS = [
    "imes.apps.ImesConfig",
    "unfold.apps.BasicAppConfig",
    "tenants.apps.PortalAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "phonenumber_field",
    "pgtrigger",
    "pghistory",
    "tenants.apps.TenantsConfig",
    "members.apps.MembersConfig",
    "billing.apps.BillingConfig",
    "notifications.apps.NotificationsConfig",
]

MIDDLEWARE = [
    "imes.trusted_proxies.TrustedProxiesMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tenants.middleware.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "tenants.middleware.ScopeMiddleware",
]

ROOT_URLCONF = "imes.urls"
WSGI_APPLICATION = "imes.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

DB_ROLES = Roles(env.str("IMES_DB_ROLE_PREFIX", default="imes"))
DATABASES = databases(env, base_dir=BASE_DIR)
DATABASE_ROUTERS = ["imes.database.router.OwnerMigratesRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "tenants.User"
AUTHENTICATION_BACKENDS = ["tenants.login.EmailBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = reverse_lazy("login")
LOGIN_REDIRECT_URL = reverse_lazy("home")

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["imes.formats"]

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https")
SESSION_COOKIE_HTTPONLY = True
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=False)
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=0)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

EMAIL_BACKEND = env.str(
    "EMAIL_BACKEND",
    default="django.core.mail.backends.filebased.EmailBackend"
    if DEBUG
    else "django.core.mail.backends.smtp.EmailBackend",
)
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", default=str(VAR_DIR / "mail"))
EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="IMES <imes@localhost>")
# Where tenants reach whoever runs the portal; shown beside whatever only they can mend.
PLATFORM_SUPPORT = env.str("PLATFORM_SUPPORT", default="support@imes.example" if DEBUG else "")

PHONENUMBER_DB_FORMAT = "E164"
PHONENUMBER_DEFAULT_FORMAT = "E164"
PHONENUMBER_DEFAULT_REGION = None

# Where the providers' SDKs go instead of the providers' own hosts; only development and tests set it.
SANDBOX_URL = env.str(
    "SANDBOX_URL", default=f"http://127.0.0.1:{env.str('SANDBOX_PORT', default='8025')}" if DEBUG else ""
)
TWILIO_BASE_URL = env.str("TWILIO_BASE_URL", default=SANDBOX_URL) or None
AZURE_BASE_URL = env.str("AZURE_BASE_URL", default=SANDBOX_URL) or None
# The keys with which Azure's events may come, newest first; without one there is no such address. The one of
# development is published, and the sandbox's.
AZURE_EVENTS_KEYS = [
    key.strip()
    for key in env.list("AZURE_EVENTS_KEY", default=["events-of-the-sandbox-to-the-portal"] if DEBUG else [])
    if key.strip()
]
# Where Azure says with which keys it signs the events of calls.
AZURE_CALLS_OPENID_URL = env.str(
    "AZURE_CALLS_OPENID_URL",
    default=f"{(AZURE_BASE_URL or 'https://acscallautomation.communication.azure.com').rstrip('/')}"
    "/calling/.well-known/acsopenidconfiguration",
)
PROVIDER_TIMEOUT = env.float("PROVIDER_TIMEOUT", default=10.0)
# Whether new numbers are looked up by themselves, which is paid for; and for how many days an answer is kept.
LINE_LOOKUPS = env.bool("LINE_LOOKUPS", default=False)
LINE_LOOKUP_DAYS = env.int("LINE_LOOKUP_DAYS", default=180)
# What the provider charges for one look-up, with its currency, such as "0.008 USD": shown before it is spent.
LINE_LOOKUP_PRICE = env.str("LINE_LOOKUP_PRICE", default="")
# A machine of the platform reads /api/admin/router-state with it; without one only platform admins may.
ROUTER_STATE_TOKEN = env.str("ROUTER_STATE_TOKEN", default="")
# How long a phone call rings before it counts as not answered; longer ones mostly end at a voicemail.
CALL_RING_SECONDS = env.int("CALL_RING_SECONDS", default=25)
# Processes of the worker that `make run` starts; at least two, so that a tick does not wait behind a long round.
WORKER_PROCESSES = env.int("IMES_WORKER_PROCESSES", default=2)
# Calls in flight at a time in one worker process.
DISPATCH_IN_FLIGHT = env.int("DISPATCH_IN_FLIGHT", default=64)
# How long a worker may hold a row before another may ask what became of it; above the provider's timeout.
DISPATCH_LEASE_SECONDS = env.int("DISPATCH_LEASE_SECONDS", default=45)
# How often one phone is texted within a minute, and called within ten, for one tenant; 0: no limit.
RECIPIENT_TEXTS_A_MINUTE = env.int("RECIPIENT_TEXTS_A_MINUTE", default=20)
RECIPIENT_CALLS_IN_TEN_MINUTES = env.int("RECIPIENT_CALLS_IN_TEN_MINUTES", default=6)
# Languages in which replies are read beside English, such as STOP, ARRET and ALTO.
KEYWORD_LANGUAGES = frozenset(env.list("IMES_KEYWORD_LANGUAGES", default=["en", "es", "fr"]))
# How often one webhook address may fire its flow within a minute; more is answered 429.
HOOK_REQUESTS_PER_MINUTE = env.int("HOOK_REQUESTS_PER_MINUTE", default=120)

# Standings that follow payments at Stripe (docs/billing.md); empty: there is no such address.
STRIPE_WEBHOOK_SECRET = env.str("STRIPE_WEBHOOK_SECRET", default="")
# How long a tenant whose payment failed may go on sending.
STRIPE_GRACE_DAYS = env.int("STRIPE_GRACE_DAYS", default=7)

CELERY_BROKER_URL = env.str("CELERY_BROKER_URL", default="filesystem://")
BROKER_DIR = env.str("BROKER_DIR", default=str(VAR_DIR / "broker"))

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    # Django names the path of a request that failed, and the path of a hook is its secret.
    "filters": {
        "secret_paths": {"()": "imes.serve.secret_paths.SecretPathsFilter"},
        "quiet_health": {"()": "imes.serve.quiet_health.QuietHealthFilter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain", "filters": ["secret_paths"]}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.request": {"filters": ["quiet_health"]},
        # These write whole request lines and SQL parameters: numbers and tokens among them.
        "twilio.http_client": {"level": "WARNING"},
        "django.db.backends": {"level": "WARNING"},
        "urllib3": {"level": "WARNING"},
    },
}

from imes.unfold_settings import UNFOLD  # noqa: E402, F401
