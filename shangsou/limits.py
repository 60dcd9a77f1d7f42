"""Limits on what comes from outside, each in one place."""

from typing import Final

MAX_QUERY_LENGTH: Final = 256
"""Characters of a query that are searched and kept; `understood` says what was dropped. The longest of
198,926 real Taobao queries has 60."""
MAX_ID_LENGTH: Final = 256
"""Characters of the id of a user, session, product or event; UBI 1.3 has 100, and 256 for products."""
