"""The record of a reason, for reports in English and pages in Chinese."""

from typing import NamedTuple


class Reason(NamedTuple):
    """Why a ranking is refused, a case failed, a figure counts as worse, or what limits one."""

    text: str
    chinese: str
