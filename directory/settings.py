"""Settings, read from the environment. The defaults suit a computer at home: SQLite under var/, http on
loopback.

An https SITE_URL turns on what a public site needs: Secure and __Host- cookies, HSTS and the redirect.
"""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from directory import env

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.read_bool("DEBUG", default=False)
SECRET_KEY = env.read_secret_key(home=BASE_DIR / "var" / "secret_key")
SITE_URL = env.read_origin("SITE_URL", default="http://127.0.0.1:8000")
SITE_NAME = env.read_str("SITE_NAME", default="Pregnancy Loss Directory")
COUNTRIES = ("US", "GB", "IE", "CA", "AU", "NZ")
DEFAULT_COUNTRY = env.read_str("DEFAULT_COUNTRY", default="US", choices=COUNTRIES)
# Of what ships, services of these countries are loaded, and those that serve everyone.
CATALOGUE_COUNTRIES = env.read_list("CATALOGUE_COUNTRIES", default=COUNTRIES, choices=COUNTRIES)
# Where "Leave site" goes: a page that anybody might be looking at.
LEAVE_URL = env.read_address("LEAVE_URL", default="https://www.bbc.co.uk/weather")
# The lines that are named first to people in each country: services of the shipped catalog, by their ids.
# A country without one names a line for any subject (resources/data/urgent.json).
SHIPPED_LINES = {
    "US": ["e8dcbf4b-b83f-5052-b830-73334ce17976", "4f0c6a40-9dd2-56b9-8116-3cbe4eaca037"],
    "GB": ["07f049f3-8056-52c5-9bc5-0261e53e9256", "5ce0fa59-79bc-5a75-96cb-12f97110333f"],
    "IE": ["b6867ad7-2aa5-5a8e-8485-a5a52dd30da7"],
    "AU": ["d4e44297-434e-5046-9bf8-26421f892033"],
}
FIRST_LINES = env.read_lines("FIRST_LINES", default=SHIPPED_LINES)
TRUSTED_PROXIES = env.read_networks("TRUSTED_PROXIES")
# Shown to visitors: how to reach the operator, and which clinician reviewed the health pages, and when.
CONTACT_EMAIL = env.read_email("CONTACT_EMAIL")
CLINICAL_REVIEW = env.read_review("CLINICAL_REVIEWER", "CLINICAL_REVIEWED_ON")
EMAIL = env.read_email_server("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST, EMAIL_PORT = EMAIL["EMAIL_HOST"], EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_USER"], EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS, EMAIL_USE_SSL = bool(EMAIL.get("EMAIL_USE_TLS")), bool(EMAIL.get("EMAIL_USE_SSL"))
EMAIL_TIMEOUT = EMAIL["EMAIL_TIMEOUT"]
# Answers to what the site sends go to the people who run it.
DEFAULT_FROM_EMAIL = CONTACT_EMAIL or f"directory@{urlsplit(SITE_URL).hostname}"

IS_HTTPS = urlsplit(SITE_URL).scheme == "https"
ALLOWED_HOSTS = [urlsplit(SITE_URL).hostname, "127.0.0.1", "localhost", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]

INSTALLED_APPS = [
    "directory.admin_site.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_filters",
    "rest_framework",
    "drf_spectacular",
    "directory",
    "resources",
    "api",
]

MIDDLEWARE = [
    "directory.middleware.trust_only_known_proxies",
    "directory.middleware.content_security_policy",
    "directory.middleware.privacy_headers",
    "django.middleware.security.SecurityMiddleware",
    "directory.middleware.read_only_for_visitors",
    "api.cors.cors_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "directory.middleware.limit_requests",
    "directory.middleware.CompressionMiddleware",
    "django.middleware.common.CommonMiddleware",
    # The next seven do nothing for visitors: none of them sets a cookie until someone signs in to the admin.
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    # After allauth's own, so that its process_exception runs before allauth's.
    "resources.admin.sign_in.middleware.CuratorSessionMiddleware",
    "resources.admin.sign_in.middleware.curators_time_zone",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "directory.middleware.admin_method_not_allowed",
    "directory.middleware.DatabaseUnavailableMiddleware",
]

ROOT_URLCONF = "directory.urls"
WSGI_APPLICATION = "directory.wsgi.application"
APPEND_SLASH = True

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "directory.context.site",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "directory.form_rendering.FormRenderer"

DATABASE = env.read_database("DATABASE_URL", default="sqlite:///var/directory.sqlite3")
SQLITE: dict[str, Any] = {
    # Each thread keeps its connection. Without the other options a reader waits or fails while another
    # connection writes.
    "CONN_MAX_AGE": None,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;"
        " PRAGMA mmap_size=2147418112;",
    },
}
POSTGRESQL: dict[str, Any] = {
    # One pool per process. It checks connections before it lends them, so that a restart of the server goes
    # unnoticed. If the server stays away, requests get 503 after `timeout` seconds, and the next request
    # tries to connect again because `reconnect_timeout` is short.
    "CONN_MAX_AGE": 0,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "connect_timeout": 2,
        "tcp_user_timeout": 5000,
        "pool": {"min_size": 1, "max_size": 4, "timeout": 2, "reconnect_timeout": 2},
        # Typed text is sent as parameters, not inside the statement, so that the server's log of a failed or
        # canceled statement does not contain it.
        "server_side_binding": True,
    },
}
DATABASE_VENDOR = SQLITE if DATABASE["ENGINE"] == "django.db.backends.sqlite3" else POSTGRESQL
DATABASES = {
    "default": {
        **DATABASE_VENDOR,
        **DATABASE,
        "OPTIONS": {**DATABASE_VENDOR["OPTIONS"], **DATABASE.get("OPTIONS", {})},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Curators sign in; visitors have no session and no cookie.
AUTHENTICATION_BACKENDS = ["resources.admin.sign_in.backend.CuratorBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Seconds for which an invitation is valid. A link for a forgotten password is valid for a day.
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 7
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/admin/"

# No sign-up, no confirmation of addresses, and no browser is trusted for longer than its session.
ACCOUNT_ADAPTER = "resources.admin.sign_in.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_NOTIFICATIONS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
MFA_ADAPTER = "resources.admin.sign_in.adapter.MFAAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
# A code is valid for another half minute, for clocks that differ and people who type slowly.
MFA_TOTP_TOLERANCE = 1
ACCOUNT_RATE_LIMITS = {
    # Failures are counted before the password is checked, so this limit adds nothing.
    "login": None,
    # Few per address, but many per account, because a limit that anyone can reach locks the right person out.
    # Each server process counts for itself.
    "login_failed": "10/5m/ip,60/h/key",
    # Codes: only someone with the password can reach this limit.
    "second_step": "10/h/key",
    # Messages for a forgotten password, by the address that was typed, whether or not an account has it.
    "password_link": "10/h/ip,3/h/key",
}
CACHES = {
    # Counts of failures are keyed by address, in this process's memory only. Space for many entries, because
    # filling the cache resets the counts.
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    }
}
# Seconds since the last request, and since signing in.
SESSION_IDLE_SECONDS = 60 * 60
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_NAME = "__Host-session" if IS_HTTPS else "session"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_NAME = "__Host-csrf" if IS_HTTPS else "csrf"
CSRF_COOKIE_SECURE = IS_HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "directory.errors.forbidden"
# The form of a service with the maximum number of prices and schedules has nearly that many fields.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Contributions of the public: the maximum per hour, from one address and in total (each server process counts
# for itself), and the retention in days of contact details, and of contributions after the decision.
CONTRIBUTIONS_PER_HOUR = 5
CONTRIBUTIONS_PER_HOUR_TOTAL = 300
CONTACT_RETENTION_DAYS = 30
CONTRIBUTION_RETENTION_DAYS = 180

# From one address in the long run, for each server process; twenty times as many at once. 0 is no limit.
# A hospital may stand behind one address.
REQUESTS_PER_SECOND = env.read_int("REQUESTS_PER_SECOND", default=20, minimum=0, maximum=1_000_000)

SECURE_SSL_REDIRECT = IS_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 63_072_000 if IS_HTTPS else 0
# The owner of the domain may have other subdomains, and must turn on what also applies to those.
SECURE_HSTS_INCLUDE_SUBDOMAINS = IS_HTTPS and env.read_bool("HSTS_INCLUDE_SUBDOMAINS", default=False)
SECURE_HSTS_PRELOAD = IS_HTTPS and env.read_bool("HSTS_PRELOAD", default=False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # they require the two settings above
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if IS_HTTPS and TRUSTED_PROXIES else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# The name of the setting in Django 6, so that an upgrade only changes the middleware.
# No nonce and nothing inline: a 304 would combine a new nonce with an old body.
SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
PERMISSIONS_POLICY = "geolocation=(), camera=(), microphone=(), interest-cohort=(), browsing-topics=()"

# The admin. Days after which a service must be checked again, by kind; "default" for all other kinds.
CHECK_INTERVAL_DAYS = {
    "default": 180,
    "helpline": 90,
    "crisis_line": 90,
    "clinic": 365,
    "specialist_clinic": 365,
    "mental_health_clinic": 365,
}
# Days after which a service that did not answer is back in the queue.
RETRY_AFTER_DAYS = 7
# Providers asked by email each day whether their listing is right. 0: only `manage.py request_assurance`
# asks.
ASSURANCE_REQUESTS_PER_DAY = env.read_int("ASSURANCE_REQUESTS_PER_DAY", default=0, minimum=0, maximum=500)
# Hours after which a claim on an entry of the queue expires.
CLAIM_HOURS = 4
# Days after which a form that a curator typed and did not save is deleted.
DRAFT_RETENTION_DAYS = 30

# The source is American English; `locale/` holds what is said otherwise elsewhere (see bin/compile-locale).
LANGUAGE_BY_COUNTRY = {"US": "en", "CA": "en-ca", "GB": "en-gb", "IE": "en-gb", "AU": "en-gb", "NZ": "en-gb"}
LANGUAGE_CODE = LANGUAGE_BY_COUNTRY[DEFAULT_COUNTRY]
LANGUAGES = [("en", _("English")), ("en-ca", _("Canadian English")), ("en-gb", _("British English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
# The time zone for visitors, and for curators who have not chosen their own.
TIME_ZONE = env.read_zone("TIME_ZONE", default="UTC")
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
# The whole catalog as files, which `run_jobs` writes and the API sends.
EXPORTS_ROOT = BASE_DIR / "var" / "exports"
STORAGES = {
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["api.renderers.OrjsonRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "api.schema.ErrorAwareSchema",
    "EXCEPTION_HANDLER": "api.errors.exception_handler",
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": SITE_NAME,
    "DESCRIPTION": _("Support after pregnancy loss: groups, forums, counseling, clinics and helplines."),
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SORT_OPERATION_PARAMETERS": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": ["api.schema.write_nullable_as_type", "api.schema.remove_internal_notes"],
}

# No query, no address and no typed text in any log; see directory/logs.py.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"private": {"()": "directory.logs.PrivateFormatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "private"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        # One structured line for each event; see `resources.events`.
        "directory": {"handlers": ["console"], "level": "INFO", "propagate": False},
        # Every scanner that uses a wrong host name would write a line.
        "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
        # Log crashes, but not 404s and bad requests.
        "django.request": {"level": "ERROR"},
    },
}
