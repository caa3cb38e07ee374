"""Every setting in one file, read from the environment; docs/settings.md says what each is for."""

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import dj_database_url
from celery.schedules import crontab
from csp.constants import NONE, SELF

from forensics_portal import environment as env

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = env.private_directory(Path(env.text("DATA_DIR", str(BASE_DIR / ".portal"))))
SIMULATION = env.flag("SIMULATION")
SECRET_KEY = env.secret_key(DATA_DIR / "secret-key")
DEBUG = env.flag("DEBUG")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")
IS_HTTPS = env.flag("HTTPS")
IS_BEHIND_PROXY = env.flag("BEHIND_PROXY")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "knox",
    "axes",
    "csp",
    "django_htmx",
    "cases",
    "phases",
    "dashboard",
    "api",
    "operations",
    *(["simulation"] if SIMULATION else []),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "servestatic.middleware.ServeStaticMiddleware",
    "forensics_portal.caching.never_kept",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "forensics_portal.urls"
ASGI_APPLICATION = "forensics_portal.asgi.application"
WSGI_APPLICATION = "forensics_portal.wsgi.application"
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
    },
]


def database() -> Any:
    """DATABASE_URL, or SQLite in DATA_DIR: write-ahead log, immediate transactions, fully synchronous."""
    settings: Any = dj_database_url.parse(env.text("DATABASE_URL") or env.sqlite_url(DATA_DIR / "portal.sqlite3"))
    if settings["ENGINE"].endswith("sqlite3"):
        pragmas = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
        settings["OPTIONS"] = {"transaction_mode": "IMMEDIATE", "timeout": 30, "init_command": pragmas}
    return settings


DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "cases.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "queue"
LOGOUT_REDIRECT_URL = "sign_in"
AXES_VERBOSE = False
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
# By name from whatever addresses: a limit for each of them is none. The pair adds nothing; axes warns without it.
AXES_LOCKOUT_PARAMETERS = ["username", ["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "locked_out.html"

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = int(timedelta(hours=12).total_seconds())
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_HTTPS
SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if IS_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = IS_HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_BEHIND_PROXY else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2**21  # bytes; uploads of evidence stream to disk and are not counted here

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]  # strings are marked; a language joins with its catalogue in locale/
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = DEBUG

VAULT_URL = env.text("VAULT_URL", (DATA_DIR / "vault").as_uri())
VAULT_PLACE = env.text("VAULT_PLACE", "local")
EVENTS_URL = env.text("EVENTS_URL", (DATA_DIR / "events").as_uri())
EVENTS_SECONDS = float(env.text("EVENTS_SECONDS", "5"))
SNAPSHOT_KEY = env.text("SNAPSHOT_KEY")
SNAPSHOT_SHARE_KEY = env.text("SNAPSHOT_SHARE_KEY", "alias/forensics-portal-share")
SNAPSHOT_LOCK_MODE = env.text("SNAPSHOT_LOCK_MODE", "governance")
SNAPSHOT_LOCK_DAYS = int(env.text("SNAPSHOT_LOCK_DAYS", "365"))
RULES_DIRS = [BASE_DIR / "analyzers" / "rules", *(Path(folder) for folder in env.words("RULES_DIRS"))]
PLAYBOOK_DIRS = [BASE_DIR / "collectors" / "playbooks", *(Path(folder) for folder in env.words("PLAYBOOK_DIRS"))]
GEO_DATABASES = [Path(file) for file in env.words("GEO_DATABASES")]
INTAKE_DIRS = env.words("INTAKE_DIRS")
IS_BROKER_GIVEN = bool(env.text("BROKER_URL"))  # without one, `run` and `investigate` start their own
BROKER_URL = env.text("BROKER_URL") or f"redis+socket://{quote(str(DATA_DIR))}/broker/valkey.sock"
AWS_ENDPOINTS = env.starting("AWS_ENDPOINT_URL")
STAGING_BUCKET = env.text("STAGING_BUCKET")
MEMORY_TOOLS = env.starting("MEMORY_TOOL_")
RUN_LEASE_SECONDS = int(env.text("RUN_LEASE_SECONDS", "60"))
SWEEP_SECONDS = float(env.text("SWEEP_SECONDS", "15"))
COLLECT_CONCURRENCY = int(env.text("COLLECT_CONCURRENCY", "4"))

CELERY_BROKER_URL = BROKER_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = CELERY_EVENT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_DISABLE_PREFETCH = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A bell that cannot be rung must not hold a page: kombu would try for six seconds. Workers retry by themselves.
CELERY_BROKER_TRANSPORT_OPTIONS = {"max_retries": 0, "interval_start": 0, "interval_step": 0, "interval_max": 0}
CELERY_TASK_TIME_LIMIT = int(timedelta(hours=12).total_seconds())
CELERY_TASK_DEFAULT_QUEUE = "notify"
CELERY_BEAT_SCHEDULE = {
    "sweep": {"task": "phases.tasks.sweep", "schedule": SWEEP_SECONDS, "options": {"queue": "notify", "expires": 60}},
    "readiness": {  # daily, before anybody's morning; UTC
        "task": "phases.tasks.ask_for_readiness",
        "schedule": crontab(hour="3", minute="30"),
        "options": {"queue": "notify"},
    },
}
CELERY_BEAT_SCHEDULE_FILENAME = str(DATA_DIR / "beat-schedule")

KNOX_TOKEN_MODEL = "api.ApiToken"  # noqa: S105 - a model, not a token
MIGRATION_MODULES = {"knox": None}  # its own table of tokens is never used; it would only refer to ours
REST_KNOX = {"TOKEN_PREFIX": "fp_", "TOKEN_TTL": timedelta(days=90), "AUTH_HEADER_PREFIX": "Bearer"}
REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["api.authentication.ApiTokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated", "api.permissions.IsWithinScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["api.parsers.BoundedJsonParser"],
    "DEFAULT_SCHEMA_CLASS": "api.openapi.PortalSchema",
    "DEFAULT_PAGINATION_CLASS": None,
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {"user": env.text("API_RATE", "1200/min")},
    "EXCEPTION_HANDLER": "api.problems.problem",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Forensics Portal",
    "DESCRIPTION": "Incidents, evidence, runs, events, findings and reports for SOAR tools.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "ENUM_NAME_OVERRIDES": {
        "IncidentState": "cases.models.Incident.State",
        "Outcome": "cases.models.Incident.Outcome",
        "RunState": "cases.models.Run.State",
        "UnitState": "cases.models.Unit.State",
        "EvidenceState": "cases.models.Evidence.State",
        "FindingStatus": "cases.models.Finding.Status",
        "ReportStatus": "cases.models.Report.Status",
        "GapKind": "cases.models.GapRecord.Kind",
        "PartKind": "cases.models.EvidencePart.Kind",
        "Phase": "cases.models.Phase",
        "Severity": "cases.models.Incident.Severity",
    },
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "api.openapi.describe_problems",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
