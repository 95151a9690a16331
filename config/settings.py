"""Settings: one file, read from the environment, with defaults only where a mistake could hurt nobody."""

from datetime import timedelta
from pathlib import Path

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent

# demo and test run on embedded services with throw-away secrets; production gives every secret by hand.
MODE = env.one_of("WAYMARK_MODE", ["demo", "test", "production"], "demo")
IS_PRODUCTION = MODE == "production"
DEBUG = False
SECRET_KEY = env.text("WAYMARK_SECRET_KEY") if IS_PRODUCTION else env.text("WAYMARK_SECRET_KEY", f"{MODE}-only-never-in-production")
# What identifies a person is sealed with these and found by those: outside the database, never in its backups (docs/keys.md).
_KEYS = {} if IS_PRODUCTION else {"default": f"{MODE}-only-never-in-production"}
FIELD_KEYS, INDEX_KEYS = env.keys("WAYMARK_FIELD_KEYS", **_KEYS), env.keys("WAYMARK_INDEX_KEYS", **_KEYS)
ALLOWED_HOSTS = env.words("WAYMARK_HOSTS") if IS_PRODUCTION else ["*"]
CSRF_TRUSTED_ORIGINS = env.words("WAYMARK_ORIGINS", [])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "pgtrigger",
    "guardian",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
    "config",
    "ui",
    "vault",
    "audit",
    "agencies",
    "cases",
    "referrals",
    "marac",
    "accommodation",
    "reporting",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ui.middleware.SafeHeaders",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "ui.middleware.HoldExpiredForms",
    "agencies.middleware.SignedInOnly",
    "django_htmx.middleware.HtmxMiddleware",
    "cases.middleware.ProtectedPlaces",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ui.context.page",
                "config.navigation.navigation",
            ],
        },
    }
]
FORM_RENDERER = "ui.forms.Renderer"

# --- Data: the application's role does not own the tables; the owner migrates (manage.py prepare_database).
DB_ROLE = env.one_of("WAYMARK_DB_ROLE", ["app", "owner"], "app")
DATABASE_APP_ROLE = env.text("DATABASE_APP_ROLE", "waymark_app")
if IS_PRODUCTION:
    DATABASE_URL = env.text("DATABASE_URL")
    DATABASE_OWNER_URL = env.text("DATABASE_OWNER_URL", "")
    REDIS_URL = env.text("REDIS_URL")
else:
    from config.embedded import connection_urls

    _urls = connection_urls()
    DATABASE_URL, DATABASE_OWNER_URL, REDIS_URL = _urls.database_url, _urls.owner_url, _urls.redis_url
DATABASES = {"default": env.database(DATABASE_OWNER_URL if DB_ROLE == "owner" else DATABASE_URL)}
DATABASES["default"].update(
    CONN_MAX_AGE=env.integer("WAYMARK_DB_CONN_MAX_AGE", 600, at_least=0),  # the plans of cases/compiled.py live as long as their connection
    CONN_HEALTH_CHECKS=True,
    TEST={"NAME": env.text("WAYMARK_TEST_DB", "test_waymark"), "TEMPLATE": "template1"},
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": env.text("WAYMARK_CACHE_PREFIX", "waymark"),
    }
}

# --- Sign-in: idle for half an hour signs out (OWN); sessions live in the cache, so signing out clears them at once.
AUTH_USER_MODEL = "agencies.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_AGE = env.integer("WAYMARK_IDLE_SECONDS", 30 * 60, at_least=60)
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
# Messages stay on the server with the session: the default keeps them in a cookie, which the next person at the screen could read.
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_FAILURE_VIEW = "ui.views.csrf_failure"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_ADAPTER = "agencies.adapter.NoSignUp"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
# Behind our proxy every request comes from one address; the visitor's is the one that the proxy wrote down.
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env.boolean("WAYMARK_BEHIND_PROXY", False) else 0
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

# Guardian only stores grants; cases/access.py is the one file that reads them.
ANONYMOUS_USER_NAME = None
GUARDIAN_RAISE_403 = False
# Its backend answers yes to every superuser; that it is not hooked up is the point.
SILENCED_SYSTEM_CHECKS = ["guardian.W001"]

# --- Browser: nothing inline, nothing from elsewhere, nothing kept.
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SECURE_SSL_REDIRECT = IS_PRODUCTION and env.boolean("WAYMARK_SSL_REDIRECT", True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.boolean("WAYMARK_BEHIND_PROXY", False) else None
SECURE_HSTS_SECONDS = 31_536_000 if IS_PRODUCTION else 0
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "manifest-src": ["'self'"],
    }
}
PERMISSIONS_POLICY = {name: [] for name in ("camera", "geolocation", "microphone", "payment", "usb", "display-capture")}

# --- Files that people add to a case: outside the web root, sealed with keys of their own (vault/sealed_files.py), never above a size.
FILE_KEYS = {str(number): key for number, key in env.keys("WAYMARK_FILE_KEYS", **_KEYS).items()}
FILES_FOLDER = Path(env.text("WAYMARK_FILES_FOLDER", *([] if IS_PRODUCTION else [str(BASE_DIR / ".waymark" / f"files-{MODE}")])))
FILE_MOST_MEGABYTES = env.integer("WAYMARK_FILE_MOST_MEGABYTES", 20, at_least=1, at_most=100)
FILE_UPLOAD_HANDLERS = ["vault.uploads.SealedUpload"]
DATA_UPLOAD_MAX_NUMBER_FILES = 10

# --- Words and times
LANGUAGE_CODE = "en-gb"
MESSAGE_TAGS = {20: "information"}  # the banner's word for what Django calls info
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None  # elsewhere files are served from where they lie
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
WHITENOISE_AUTOREFRESH = False

EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend" if IS_PRODUCTION else "django.core.mail.backends.console.EmailBackend"

# --- Celery: thin on purpose. No ETA tasks; the sweep asks the table (design: Clocks).
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": env.text("WAYMARK_CACHE_PREFIX", "waymark") + ":celery:"}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "UTC"
SWEEP_SECONDS = env.integer("WAYMARK_SWEEP_SECONDS", 60, at_least=1)
# What no worker took in time expires: after a long stop one sweep sees all that is due, and a thousand more would see nothing.
CELERY_BEAT_SCHEDULE = {
    "sweep-promises": {"task": "referrals.sweep_promises", "schedule": timedelta(seconds=SWEEP_SECONDS), "options": {"expires": max(SWEEP_SECONDS, 30)}},
    "sweep-clocks": {"task": "cases.sweep_clocks", "schedule": timedelta(seconds=SWEEP_SECONDS), "options": {"expires": max(SWEEP_SECONDS, 30)}},
    "seal-audit": {"task": "audit.seal", "schedule": timedelta(seconds=60), "options": {"expires": 60}},
}

# --- API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["agencies.api.DenyByDefault"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": "rest_framework.versioning.NamespaceVersioning",
    "DEFAULT_VERSION": "v1",
    "ALLOWED_VERSIONS": ["v1"],
    "EXCEPTION_HANDLER": "agencies.api.explain",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Waymark",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["agencies.api.DenyByDefault"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Sets of choices that several questions share, or that share a name: each needs one of its own in the schema.
    "ENUM_NAME_OVERRIDES": {
        "ConsentStateEnum": "referrals.forms.contact.CONSENT_STATES",
        "DayEnum": "referrals.forms.contact.DAYS",
        "DisclosureStateEnum": "referrals.models.DisclosureState",
        "SafeEnum": "referrals.forms.contact.SAFE",
        "YesNoUnknownEnum": "referrals.forms.page.YES_NO_UNKNOWN",
    },
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": env.text("WAYMARK_LOG_LEVEL", "WARNING")},
}
