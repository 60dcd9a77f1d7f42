"""Ways to say that something is without something else."""

# What stands in front of it in titles: `无糖`, `不含酒精`, `0糖`, `不辣`.
_DENYING = ("无", "不", "不含", "不带", "没有", "免", "非", "零", "0")


def denials(text: str) -> tuple[str, ...]:
    """Return the ways in which titles say that a product is without something, given normalized."""
    return tuple(word + text for word in _DENYING)
