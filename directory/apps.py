from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NO_KEY = "SECRET_KEY is not set: set it or SECRET_KEY_FILE; `make run` makes var/secret_key."


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import checks  # noqa: F401  (importing registers them)

        refuse_missing_key()
        assume_json_in_sqlite()


def refuse_missing_key() -> None:
    """Nothing starts without a key; Django's own sentence comes late and does not say what to do."""
    try:
        settings.SECRET_KEY  # noqa: B018  (Django refuses an empty one when it is read)
    except ImproperlyConfigured:
        raise ImproperlyConfigured(NO_KEY) from None


def assume_json_in_sqlite() -> None:
    """Every SQLite that Python comes with has JSON, and is not asked.

    Django asks in a transaction that may write, and takes "database is locked" for no: `migrate` would refuse
    the models while another program loads records.
    """
    # By way of the wrapper: its module and that of the features import each other, and have to begin with it.
    from django.db.backends.sqlite3.base import DatabaseWrapper

    DatabaseWrapper.features_class.supports_json_field = True  # type: ignore[assignment, method-assign]
