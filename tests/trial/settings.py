"""The settings of the product, but for where static files and exports go: several trials run side by side."""

import os
from pathlib import Path

from directory.settings import *  # noqa: F403

STATIC_ROOT = Path(os.environ["TRIAL_STATIC_ROOT"])
EXPORTS_ROOT = Path(os.environ.get("TRIAL_EXPORTS_ROOT", STATIC_ROOT.parent / "exports"))
