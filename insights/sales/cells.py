"""Read the cells of tables of sales: quantities, money, currencies, promotions."""

import math
import re
import unicodedata
from functools import lru_cache

# A larger number is no quantity or price of one item and day, but a barcode or a telephone number.
_MAX_NUMBER = 1e9
# Less, a rounding error of a program, counts as 0: quotients stay finite.
_MIN_NUMBER = 1e-6
_MAX_LENGTH = 40
_NUMBER = re.compile(
    r"(?P<open>\()?(?P<sign>[-+−]?)"
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d*)?|\d+(?:\.\d*)?|\.\d+)(?P<exponent>e[-+]?\d{1,3})?"
    r"(?P<scale>[千万]?)(?P<unit>[^\W\d_]{0,6}(?:/[^\W\d_]{1,4})?)(?(open)\))",
    re.IGNORECASE,
)
_SCALES = {"": 1.0, "千": 1e3, "万": 1e4}
_SYMBOLS = re.compile(
    r"HK\$|US\$|NT\$|RMB|CNY|USD|EUR|GBP|HKD|TWD|JPY|[¥$€£]|港币|港元|美元|欧元|英镑|日元|元", re.IGNORECASE
)
_CURRENCIES = {
    "CNY": ("CNY", "RMB", "¥", "元", "人民币", "YUAN", "CNH"),
    "USD": ("USD", "$", "US$", "美元", "美金"),
    "HKD": ("HKD", "HK$", "港币", "港元"),
    "TWD": ("TWD", "NT$", "新台币", "台币"),
    "EUR": ("EUR", "€", "欧元"),
    "GBP": ("GBP", "£", "英镑"),
    "JPY": ("JPY", "日元", "日圆"),
}
_CODES = {name: code for code, names in _CURRENCIES.items() for name in names}
_NO_PROMOTION = frozenset(
    (
        "",
        "0",
        "否",
        "无",
        "没有",
        "不",
        "正常",
        "no",
        "n",
        "false",
        "f",
        "none",
        "null",
        "nan",
        "-",
        "—",
        "/",
        "原价",
    )
)
_PROMOTION = frozenset(("1", "是", "有", "yes", "y", "true", "t", "√", "✓"))
_TENTHS = re.compile(r"(\d(?:\.\d+)?)折")
# Other texts are the name of a promotion, such as 618返场.
_SHARE = re.compile(r"[-+]?[0-9]*\.?[0-9]+%?")
_BLANK = frozenset(("", "-", "--", "—", "/", "null", "none", "nan", "n/a", "#n/a", "\\n", "无"))
_CANCELLED = re.compile(
    r"关闭|取消|作废|未付款|待付款|等待买家付款|退款成功|cancel|closed|unpaid|void|refunded", re.IGNORECASE
)


def is_blank(text: str) -> bool:
    """Return whether a cell stands for no value."""
    return text.lower() in _BLANK


@lru_cache(1 << 16)
def read_number(text: str) -> float:
    """Return the number in a cell: `3`, `３`, `1,200`, `3件`, `1.5 kg`, `2万`, `-1`, `(1)`.

    Less than a millionth is 0. Raises `ValueError` where it is none, or beyond a billion.
    """
    number = _NUMBER.fullmatch(_fold(text))
    if number is None:
        raise ValueError("is no number")
    value = float(number["digits"].replace(",", "") + (number["exponent"] or "")) * _SCALES[number["scale"]]
    if not math.isfinite(value) or value > _MAX_NUMBER:
        raise ValueError("is more than a billion")
    value = value if value >= _MIN_NUMBER else 0.0
    return -value if (number["sign"] in ("-", "−")) != bool(number["open"]) else value


@lru_cache(1 << 16)
def read_money(text: str) -> tuple[float, str]:
    """Return an amount of money and the currency that is written beside it, empty for none.

    Raises `ValueError` as `read_number` does.
    """
    folded = _fold(text)
    symbol = _SYMBOLS.search(folded)
    if symbol is None:
        return read_number(text), ""
    return read_number(_SYMBOLS.sub("", folded)), read_currency(symbol[0])


@lru_cache(1 << 10)
def read_currency(text: str) -> str:
    """Return the code of a currency, in capitals; of an unknown one the text. Empty where none is named."""
    name = _fold(text).upper()
    return "" if is_blank(name) else _CODES.get(name, name)


@lru_cache(1 << 12)
def read_promotion(text: str) -> float:
    """Return how much of a promotion a cell names, from 0 to 1.

    A number from 0 to 1 or a percentage is a share, `8折` is 20 % off; yes, or the name of a promotion, is 1.

    Raises
    ------
    ValueError
        It is a number below 0 or above 1.
    """
    if len(text) > _MAX_LENGTH:
        return 1.0
    folded = _fold(text).lower()
    if folded in _NO_PROMOTION:
        return 0.0
    if folded in _PROMOTION:
        return 1.0
    if tenths := _TENTHS.fullmatch(folded):
        return 1 - float(tenths[1]) / 10
    if not _SHARE.fullmatch(folded):
        return 1.0
    value = read_share(folded)
    if not 0 <= value <= 1:
        raise ValueError("is not from 0 to 1")
    return value


@lru_cache(1 << 12)
def read_share(text: str) -> float:
    """Return a number, or a hundredth of one with `%` behind it; raises `ValueError`."""
    folded = _fold(text)
    return read_number(folded[:-1]) / 100 if folded.endswith("%") else read_number(folded)


@lru_cache(1 << 10)
def is_cancelled(status: str) -> bool:
    """Return whether the status of an order says that nothing was sold by it, such as 交易关闭."""
    return bool(_CANCELLED.search(status))


def _fold(text: str) -> str:
    if len(text) > _MAX_LENGTH:
        raise ValueError("is no number")
    return "".join(unicodedata.normalize("NFKC", text).split())
