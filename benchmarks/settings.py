"""The settings of the product on trial, with the usual way beside it (`benchmarks.usual`)."""

from tests.trial.settings import *  # noqa: F403
from tests.trial.settings import DATABASES

ROOT_URLCONF = "benchmarks.usual"
if pool := DATABASES["default"]["OPTIONS"].get("pool"):
    pool["timeout"] = 30  # while other work has the processors, too
