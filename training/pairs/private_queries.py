"""Queries that pairs may not hold: typed by too few shoppers, or with what looks like data of a person."""

import re
from typing import Final

from shangsou.behaviour.query_logs import PERSONAL

MIN_SHOPPERS: Final = 3
"""Shoppers of whom a query needs to be: what one or two typed may name a person, as no pattern can tell."""
_NUMBER = r"[\d一二三四五六七八九十百]+"
# A house in a street, a building, a flat, a room, and a street or village below two regions.
_ADDRESS = re.compile(
    rf"(?:路|街|大道|巷|弄|胡同|村|里|庄|苑|园|小区)\s?{_NUMBER}\s?[号弄](?!线|电池)"
    rf"|{_NUMBER}\s?(?:号楼|栋|幢)|{_NUMBER}\s?单元\s?{_NUMBER}|(?<![a-z\d])\d{{3,4}}\s?室(?![内外])"
    r"|(?:[省市县区]|自治州).{1,6}[区县镇乡].{1,8}?[路街村巷]"
)
# Numbers in groups, as bank cards (4 4 4 4) and identity cards (6 8 4) are printed. Three sizes in a row, as
# `1000 2000 3000`, have fewer digits.
_GROUPS = re.compile(r"(?<!\d)\d{4,8}(?:[ -]\d{3,8}){2,}(?!\d)")
_GROUPED_DIGITS = 15
# Read out, as for a phone: 幺三八零零一三八零零零.
_SPELLED = re.compile(r"[零〇一二三四五六七八九幺]{9,}")
# A number that the query itself calls that of an order, a parcel or a person; shorter ones are models.
_NAMED = re.compile(
    r"(?:订单|单号|运单|手机号|电话|座机|身份证|护照|微信|vx|qq)(?:号码?|编号)?\s?[::]?\s?[a-z_-]{0,6}\d{5,}"
)


def looks_private(query: str) -> bool:
    """Return whether a query looks like, or has in it, a number or an address of a person.

    Numbers of phones, cards, orders, parcels and identity cards, addresses of mail and web (`PERSONAL`), and
    addresses of houses. Names of people look like any text; `MIN_SHOPPERS` is against those.

    Parameters
    ----------
    query
        Normalized.
    """
    return bool(
        PERSONAL.search(query)
        or _ADDRESS.search(query)
        or _SPELLED.search(query)
        or _NAMED.search(query)
        or any(sum(map(str.isdecimal, groups[0])) >= _GROUPED_DIGITS for groups in _GROUPS.finditer(query))
    )
