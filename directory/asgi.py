"""The same application for an ASGI server. WSGI is faster here: see the search design's figures."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")

application = get_asgi_application()
