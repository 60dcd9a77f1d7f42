"""The names of lists, which are the names of their files."""

import re
from datetime import UTC, datetime

from shangsou.customer_lists.customer_list import Kind
from shangsou.errors import UnusableInput

_CHURN, _WINBACK, _HOLD_OUT = "churn-", "winback-", "-hold-out"
_CHURN_NAME = re.compile(r"churn-\d{8}T\d{9}Z")
# Letters and digits of ASCII, and Chinese characters (CJK unified ideographs, extension A). In UTF-8 sixty of
# them with all that is put around them are below the 255 bytes that a file name may have.
_CAMPAIGN = re.compile(r"[0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff][-_.0-9A-Za-z\u3400-\u4dbf\u4e00-\u9fff]{0,59}")


def churn_name(created_at: datetime) -> str:
    """Return the name of a list of who may leave, as `churn-20261202T050301042Z`."""
    moment = created_at.astimezone(UTC)
    return f"{_CHURN}{moment:%Y%m%dT%H%M%S}{moment.microsecond // 1000:03}Z"


def winback_name(campaign: str) -> str:
    """Return the name of the list of a campaign; raises `UnusableInput` as `check_campaign`."""
    check_campaign(campaign)
    return f"{_WINBACK}{campaign}"


def hold_out_name(campaign: str) -> str:
    """Return the name of the hold-out of a campaign; raises `UnusableInput` as `check_campaign`."""
    return f"{winback_name(campaign)}{_HOLD_OUT}"


def check_campaign(campaign: str) -> None:
    """Raise `UnusableInput` for a name of a campaign that cannot be one of a file."""
    if not _CAMPAIGN.fullmatch(campaign) or campaign.endswith(_HOLD_OUT):
        raise UnusableInput(
            f"campaign {campaign[:80]!r}: a name has 1 to 60 letters, digits, Chinese characters, -, _ and "
            f"., begins with none of these three signs, and does not end with {_HOLD_OUT}; choose another"
        )


def kind_of(name: str) -> Kind:
    """Return the kind of the list with a name; raises `UnusableInput` for what is no name of a list."""
    if _CHURN_NAME.fullmatch(name):
        return "churn"
    campaign = name.removeprefix(_WINBACK)
    without = campaign.removesuffix(_HOLD_OUT)
    if name.startswith(_WINBACK) and _CAMPAIGN.fullmatch(without) and not without.endswith(_HOLD_OUT):
        return "winback" if without == campaign else "hold-out"
    raise UnusableInput(
        f"{name[:80]!r} is no name of a list; they are as churn-20261202T050301042Z, winback-CAMPAIGN and "
        f"winback-CAMPAIGN{_HOLD_OUT}"
    )


def is_list_name(name: str) -> bool:
    """Return whether a list may have this name."""
    try:
        kind_of(name)
    except UnusableInput:
        return False
    return True
