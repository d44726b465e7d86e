"""A small world to ask about: one place in each country, so that no test needs the whole gazetteer."""

import pytest

from tests.world import build_places


@pytest.fixture
def places(db: None) -> None:
    build_places()
