"""New Zealand: four digits, as in Australia; the gazetteer knows which of the two use a number."""

import re

from resources.geo.schemes.base import Scheme


class NewZealand(Scheme):
    """Postcodes of New Zealand."""

    country = "NZ"
    pattern = re.compile(r"([0-9]{4})")
