"""The listing of a product: what orders results besides how well they match."""

from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from shangsou.product import Product

PRIOR_REVIEWS = 10
"""Reviews that weigh as much as the mean of all products: the usual order of a Bayesian average."""


class Listing(NamedTuple):
    """What of a product orders results besides how well it matches."""

    group: str | int
    """The same for all variants of a product."""
    in_stock: bool
    duplicate: int
    """The same for listings of one title and picture by one shop."""
    sales: int
    rating: float
    """Shrunk (`shrink_ratings`); NaN where there is none."""


def duplicate_key(product: Product) -> int:
    """Return what the listings of one title and picture by one shop have in common, as 64 bits."""
    text = "\x1f".join((product.shop, product.title, product.image_url))
    # A lone surrogate is no valid Unicode.
    digest = blake2b(text.encode("utf-8", "replace"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def shrink_ratings(ratings: NDArray[np.float32], reviews: NDArray[np.integer[Any]]) -> NDArray[np.float32]:
    """Return ratings drawn to the mean of all, the more the fewer reviews they rest on.

    A Bayesian average: one review of 5 is less than a hundred of 4.8.

    Parameters
    ----------
    ratings
        NaN where there is none; shape (products,).
    reviews
        How many there are; 0 where that is unknown, which counts as one.
    """
    mean = mean_rating(ratings, reviews)
    count = np.maximum(reviews, 1)
    shrunk: NDArray[np.float32] = (ratings * count + mean * PRIOR_REVIEWS) / (count + PRIOR_REVIEWS)
    return shrunk.astype(np.float32)


def mean_rating(ratings: NDArray[np.float32], reviews: NDArray[np.integer[Any]]) -> float:
    """Return the mean of ratings by their reviews, as `shrink_ratings` has them; 0 where nothing is rated."""
    rated = ~np.isnan(ratings)
    return float(np.average(ratings[rated], weights=np.maximum(reviews[rated], 1))) if rated.any() else 0.0
