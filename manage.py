#!/usr/bin/env python
"""Django's commands. `manage.py help` lists them."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "directory.settings")
    if "runserver" in sys.argv[1:2]:  # the development server, and nothing else, shows tracebacks by default
        os.environ.setdefault("DEBUG", "true")
    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as refusal:
        sys.exit(str(refusal))
    except OperationalError as fault:
        if "database is locked" not in str(fault):
            raise
        sys.exit("Another program is writing to the database, perhaps an import. Try again later.")
