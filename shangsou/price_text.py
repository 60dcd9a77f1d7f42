"""Prices and discounts in the words of Chinese shops; `searchapi/static/format.js` says the same."""

# From 500 yuan on a shop names the sum that a shopper saves, below it the discount; less than a tenth off is
# no discount that a shop would print. Both as the large marketplaces do.
_MIN_SAVED_FEN = 50_000
_MAX_DISCOUNT_TENTHS = 90


def fen_text(fen: int) -> str:
    """Return a price in yuan: `259`, `6.80`."""
    return f"{fen / 100:.2f}" if fen % 100 else str(fen // 100)


def offer_text(price_fen: int, list_fen: int | None) -> str:
    """Return what is off the list price, rounded so that it never promises more than there is: `5.1 折`."""
    if list_fen is None or list_fen <= price_fen:
        return ""
    if list_fen - price_fen >= _MIN_SAVED_FEN:
        return f"直降 ¥{(list_fen - price_fen) // 100}"
    tenths = -(-price_fen * 100 // list_fen)  # of a 折, rounded up
    if tenths > _MAX_DISCOUNT_TENTHS or tenths == 0:
        return ""
    return f"{tenths // 10}.{tenths % 10} 折" if tenths % 10 else f"{tenths // 10} 折"
