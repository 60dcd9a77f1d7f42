"""The mark that distinguishes a generation of the sample shop from a merchant's."""

import re

SAMPLE_SOURCE = "sample shop"
# Followed by the digest, since a merchant's file may be called `sample shop.csv`.
_SAMPLE_BUILD = re.compile(rf"{SAMPLE_SOURCE} [0-9a-f]{{8}}")


def is_sample_shop(source: str) -> bool:
    """Return whether a generation was built from the sample shop."""
    return _SAMPLE_BUILD.fullmatch(source) is not None
