"""Pairs of two titles of one product: of variants, and of the same listing in other words."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from shangsou.text.codes import text_codes
from shangsou.text.facts import FactTable
from training.pairs.pair import Pair
from training.pairs.product_groups import distinct_title
from training.pairs.shop_products import ShopProduct

# Two titles of one product lie near each other for certain, but nobody searches for a title: half of a click.
# By judgement, untested.
_WEIGHT = 0.5


def variant_pairs(
    products: Sequence[ShopProduct],
    groups: Sequence[int],
    table: FactTable,
    *,
    per_group: int = 4,
    seed: int,
) -> Iterator[Pair]:
    """Yield pairs of source `variant`: titles in random order, each as the query of the next one's product.

    Titles that differ in punctuation and spaces alone make none. Nor do two that are alike but name other
    models, unless the catalog has them as variants: `大显 e189 老人手机` is not `大显 v998 老人手机`.

    Parameters
    ----------
    products, groups
        The products of a shop, and the number of each from `number_groups`.
    table
        The facts of the live index, by which codes are told from amounts.
    per_group
        At most so many pairs of a group, so that no large one counts for more than others.
    seed
        Another one draws others.
    """
    by_group: defaultdict[int, dict[str, ShopProduct]] = defaultdict(dict)
    for product, group in zip(products, groups, strict=True):
        by_group[group].setdefault(distinct_title(product.title), product)
    for group, distinct in by_group.items():
        shuffled = sorted(distinct.values(), key=lambda product: product.product_id)
        random.Random(f"{seed}:{group}").shuffle(shuffled)
        count = 0
        for one, other in pairwise(shuffled):
            if count < per_group and _are_one(one, other, table):
                count += 1
                yield Pair(one.title, other.product_id, other.title, _WEIGHT, "variant", group, group)


def _are_one(one: ShopProduct, other: ShopProduct, table: FactTable) -> bool:
    if one.group_id and one.group_id == other.group_id:
        return True
    codes, other_codes = text_codes(one.title, table), text_codes(other.title, table)
    return not (codes and other_codes) or not codes.isdisjoint(other_codes)
