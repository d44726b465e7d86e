"""The settings of the product on trial, with the usual way beside it (`benchmarks.usual`)."""

from tests.trial.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.usual"
