"""Currencies, by how prices name them."""

import re

from indexer.number_texts import fold

YUAN = r"(?:cny|rmb|cn¥|¥|人民币|人民幣)"
# Currencies by how prices name them, the longer names first. A bare `$` may be any dollar.
_CURRENCIES = {
    "USD": r"us\$|usd|美元|美金|\$",
    "HKD": r"hk\$|hkd|港币|港幣|港元",
    "TWD": r"nt\$|twd|ntd|新台币|新台幣|台币|台幣",
    "JPY": r"jp¥|jpy|日元|日圆|日円|円",
    "EUR": r"eur|欧元|€",
    "GBP": r"gbp|英镑|£",
    "KRW": r"krw|韩元|韩币|₩",
    "SGD": r"s\$|sgd|新加坡元|新币",
    "THB": r"thb|泰铢|฿",
    "MYR": r"myr|rm(?!b)|马币|林吉特",
    "VND": r"vnd|越南盾|₫",
    "PHP": r"php|比索|₱",
    "AUD": r"au\$|a\$|aud|澳元",
    "CAD": r"ca\$|c\$|cad|加元",
    "RUB": r"rub|卢布|₽",
    "INR": r"inr|卢比|₹",
    "MOP": r"mop\$?|澳门元|澳門幣",
    "CNY": YUAN,
}
_CURRENCY = re.compile(
    "|".join(
        f"(?P<{code}>{names})"
        for code, names in sorted(_CURRENCIES.items(), key=lambda item: item[0] == "USD")
    )
)


def currency_of(text: str) -> str:
    """Return the code of the currency that a text names, empty for none that is known."""
    match = _CURRENCY.search(fold(text))
    return match.lastgroup or "" if match else ""


def foreign_currency(normalized: str, currency: str) -> str:
    """Return what is wrong with the currency of a price, empty if it is the shop's or none is named."""
    match = _CURRENCY.search(normalized)
    if match is None or match.lastgroup == currency:
        return ""
    if match[0] == "$" and currency in ("HKD", "TWD", "SGD", "AUD", "CAD", "MOP"):
        return ""
    if match.lastgroup == "CNY" and match[0] == "¥" and currency == "JPY":
        return ""
    name = "$" if match[0] == "$" else match.lastgroup
    return f"is in {name}, not in yuan" if currency == "CNY" else f"is in {name}, not in {currency}"


def without_currency(normalized: str, currency: str) -> str:
    """Return a price without the name of the shop's own currency, where that is not the yuan."""
    known = currency in _CURRENCIES and currency != "CNY"
    return re.sub(_CURRENCIES[currency], "", normalized) if known else normalized
