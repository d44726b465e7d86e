"""Schemathesis, which takes seconds to load, is loaded for the tests of this folder alone."""

import pytest
from schemathesis.pytest import plugin


def pytest_configure(config: pytest.Config) -> None:
    config.pluginmanager.register(plugin, "schemathesis.pytest.plugin")
