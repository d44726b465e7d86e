"""The curators' interface: one file for each screen. Importing it registers every record."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from resources.admin import accounts, contributions, location, organization, pending_edits, sources, taxonomy
from resources.admin.service import admin as service

__all__ = [
    "accounts",
    "contributions",
    "location",
    "organization",
    "pending_edits",
    "service",
    "sources",
    "taxonomy",
]

admin.site.site_title = settings.SITE_NAME
admin.site.site_header = settings.SITE_NAME
admin.site.index_title = _("What we list")

# allauth would show them to administrators: the keys of phones, which are for nobody's eyes, and e-mail
# addresses, of which it keeps none here.
admin.site.unregister([Authenticator, EmailAddress])

# Two links at the top of every page reach what curators work on; a list of every table takes their room.
admin.site.enable_nav_sidebar = False
