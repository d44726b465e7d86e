"""United States: ZIP, and ZIP+4 by its ZIP."""

import re

from resources.geo.schemes.base import Scheme


class UnitedStates(Scheme):
    """ZIP codes of the United States."""

    country = "US"
    pattern = re.compile(r"([0-9]{5})(?:[- ]?[0-9]{4})?")
