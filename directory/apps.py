from django.apps import AppConfig
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NO_KEY = "SECRET_KEY is not set: set it or SECRET_KEY_FILE; `make run` makes var/secret_key."


class DirectoryConfig(AppConfig):
    name = "directory"

    def ready(self) -> None:
        from directory import checks  # noqa: F401  (importing registers them)

        refuse_missing_key()


def refuse_missing_key() -> None:
    """Nothing starts without a key; Django's own sentence comes late and does not say what to do."""
    try:
        settings.SECRET_KEY  # noqa: B018  (Django refuses an empty one when it is read)
    except ImproperlyConfigured:
        raise ImproperlyConfigured(NO_KEY) from None
