from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MISSING_KEY_MESSAGE = "SECRET_KEY is not set: set it or SECRET_KEY_FILE; `make run` makes var/secret_key."


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import checks  # noqa: F401  (importing registers them)

        require_secret_key()
        skip_sqlite_json_check()


def require_secret_key() -> None:
    """Refuse to start without a key: Django's own error comes later and does not say what to do."""
    try:
        settings.SECRET_KEY  # noqa: B018  (Django refuses an empty one when it is read)
    except ImproperlyConfigured:
        raise ImproperlyConfigured(MISSING_KEY_MESSAGE) from None


def skip_sqlite_json_check() -> None:
    """Assume that SQLite supports JSON, as every version that Python includes does.

    Django checks it in a transaction that may write, and takes "database is locked" for no: `migrate` would
    refuse the models while another program loads records.
    """
    # Imported through the wrapper: its module and the one of the features import each other.
    from django.db.backends.sqlite3.base import DatabaseWrapper

    DatabaseWrapper.features_class.supports_json_field = True  # type: ignore[assignment, method-assign]
