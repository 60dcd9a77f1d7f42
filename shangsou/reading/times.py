"""Parse dates and times as shops write them."""

import re
import unicodedata
from datetime import UTC, datetime, time, timedelta, timezone

# Chinese shops use China Standard Time, all year and everywhere.
CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
# By the names that marketplaces write, in hours; CST is that of China here.
_ZONES = {"Z": 0, "UTC": 0, "GMT": 0, "CST": 8, "JST": 9, "KST": 9, "PST": -8, "PDT": -7}
_EPOCH = re.compile(r"(?P<seconds>[0-9]{10})(?P<thousandths>[0-9]{3})?(?:\.[0-9]*)?")
_CALENDAR = re.compile(
    r"(?P<year>[0-9]{4})(?P<gap>[-/.年]?)(?P<month>[0-9]{1,2})(?:[-/.月]?)(?P<day>[0-9]{1,2})日?"
    r"(?:[ T]*(?P<hour>[0-9]{1,2})[:时点](?P<minute>[0-9]{1,2})分?"
    r"(?::?(?P<second>[0-9]{1,2})(?:[.,][0-9]*)?秒?)?)?"
    r"\s*(?P<zone>Z|UTC|GMT|CST|JST|KST|PST|PDT|[+-][0-9]{2}:?[0-9]{2})?",
    re.IGNORECASE,
)
# As databases write it: most of a catalog.
_PLAIN = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}")
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:([0-9]{2})([0-9]{2})([0-9]{2}))?")
# Where there is no date programs write zeros, the first day of .NET or the first second of Unix.
_NO_TIME = re.compile(
    r"[-0.:/ T年月日Z+]+|0001-0?1-0?1.*|0?1/0?1/0001.*"
    r"|1970[-/]0?1[-/]0?1(?:[ T]0?[08]:00(?::00(?:\.0*)?)?)?(?:Z|[+-]0[08]:?00)?"
)
# No shop had products on the web before that, and no offer ends after it.
_YEARS = range(1990, 2101)


def read_time(text: str, *, end_of_day: bool = False) -> datetime | None:
    """Return the moment, aware and in UTC, or None for text that is not a date.

    Epoch seconds or milliseconds, ISO 8601, and `2026/11/23 10:00`, `2026年11月23日`, `20261123`; year
    first, since the others are ambiguous. Without a zone it is Chinese time.

    Parameters
    ----------
    text
        Of any length.
    end_of_day
        Take a date alone as the last second of that day, as for the end of an offer.
    """
    if _PLAIN.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text).replace(tzinfo=CHINA)
        except ValueError:
            return None
        return moment.astimezone(UTC) if moment.year in _YEARS else None
    text = unicodedata.normalize("NFKC", text[:64]).strip()
    epoch = _EPOCH.fullmatch(text)
    try:
        if epoch:
            moment = datetime.fromtimestamp(int(epoch["seconds"]), UTC)
            return moment if moment.year in _YEARS else None
        compact = _COMPACT.fullmatch(text)
        if compact:
            year, month, day, hour, minute, second = (int(part) if part else 0 for part in compact.groups())
            timed, zone = compact[4] is not None, None
        else:
            match = _CALENDAR.fullmatch(text)
            if not match or (not match["gap"]):
                return None
            year, month, day, hour, minute, second = (
                int(match[part] or 0) for part in ("year", "month", "day", "hour", "minute", "second")
            )
            timed, zone = match["hour"] is not None, match["zone"]
        moment = datetime(year, month, day, hour, minute, second, tzinfo=_zone(zone))
    except ValueError:
        return None
    if end_of_day and not timed:
        moment = datetime.combine(moment, time(23, 59, 59), moment.tzinfo)
    return moment.astimezone(UTC) if year in _YEARS else None


def states_no_time(text: str) -> bool:
    """Return whether a text stands for no date, as `0` and `0000-00-00` do."""
    return bool(_NO_TIME.fullmatch(text))


def _zone(text: str | None) -> timezone:
    if text is None:
        return CHINA
    if text.upper() in _ZONES:
        return timezone(timedelta(hours=_ZONES[text.upper()]))
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
