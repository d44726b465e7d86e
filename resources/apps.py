from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ResourcesConfig(AppConfig):
    name = "resources"
    verbose_name = _("Directory")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from django.db.models.signals import post_migrate  # noqa: TID251  (Django's own hook for it)

        from resources.curation.permissions import make_groups

        post_migrate.connect(make_groups, sender=self)
