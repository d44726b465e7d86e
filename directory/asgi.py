"""The ASGI application. Nothing here is asynchronous, so `directory.wsgi` is faster."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")

application = get_asgi_application()
