"""What the whole door is called."""

from allauth.account.admin import EmailAddress
from allauth.mfa.admin import Authenticator
from django.conf import settings
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

admin.site.site_title = settings.SITE_NAME
admin.site.site_header = settings.SITE_NAME
admin.site.index_title = _("What we list")

# allauth would show them to administrators: the keys of phones, which are for nobody's eyes, and e-mail
# addresses, of which it keeps none here.
admin.site.unregister([Authenticator, EmailAddress])

# Two links at the top of every page reach what curators work on; a list of every table takes their room.
admin.site.enable_nav_sidebar = False
