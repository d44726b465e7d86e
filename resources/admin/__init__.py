"""The curators' admin: one file per screen. Importing it registers every model."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from resources.admin import (
    accounts,
    contributions,
    duplicates,
    location,
    organization,
    pending_edits,
    sources,
    taxonomy,
    upkeep,
)
from resources.admin.service import admin as service

__all__ = [
    "accounts",
    "contributions",
    "duplicates",
    "location",
    "organization",
    "pending_edits",
    "service",
    "sources",
    "taxonomy",
    "upkeep",
]

admin.site.site_title = settings.SITE_NAME
admin.site.site_header = settings.SITE_NAME
admin.site.index_title = _("What we list")

# allauth registers these: the secret keys of phones, which nobody may see, and email addresses, which are not
# used here.
admin.site.unregister([Authenticator, EmailAddress])
