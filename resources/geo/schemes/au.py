"""Australia: four digits, as in New Zealand; the gazetteer knows which of the two use a number."""

import re

from resources.geo.schemes.base import Scheme


class Australia(Scheme):
    """Postcodes of Australia."""

    country = "AU"
    pattern = re.compile(r"([0-9]{4})")
