"""Everything that decides how simulated shoppers behave. No figure is measured: all are chosen."""

from dataclasses import dataclass
from typing import Literal

ResponseKind = Literal["none", "uniform", "varied"]


@dataclass(frozen=True, slots=True)
class ShopSettings:
    """How the shoppers of a simulated shop behave. Rates are a day; lifts are factors, 1 for no effect."""

    # Arrival
    arrival_share: float = 0.75
    """Shoppers first come on a day drawn from this first share of the days; 0: all on the first."""
    first_order: float = 0.6
    """Probability to order on the day of the first visit."""

    # Buying
    order_rate: float = 1 / 50
    """The mean over shoppers."""
    order_rate_shape: float = 0.8
    """Of the gamma distribution of rates: the smaller, the more shoppers differ."""
    season: float = 0.2
    """The rate swings by this share, up in spring and down in autumn."""
    cart_lift: float = 2.5
    """In the days after a cart was left."""
    cart_days: int = 14
    view_lift: float = 0.03
    """A view adds this share to the rate until the next order; it fades with a half-life of a week."""
    max_views: float = 30.0
    """Beyond which views add nothing."""

    # Visiting
    visits_an_order: float = 5.0
    """Visits without an order for each order, on average; it differs between shoppers."""
    visit_rate: float = 1 / 90
    """Of visits that have nothing to do with buying."""
    searches_a_visit: float = 1.2
    views_a_visit: float = 3.0
    favorite: float = 0.08
    """Probability in a visit."""
    cart: float = 0.12
    """Probability to put something into the cart in a visit without an order, and so to leave it."""
    signed_out: float = 0.0
    """Probability not to sign in in a visit without an order."""
    session_days: int = 0
    """A session lasts so many days, as long as a cookie; 0: each visit is a session."""

    # Leaving
    leaving_hazard: float = 1 / 500
    """On a day without any cause."""
    silence_lift: float = 2.0
    """After a time without a visit of three times the usual one."""
    bad_experience: float = 0.04
    """Probability in an order."""
    bad_experience_lift: float = 8.0
    bad_experience_days: int = 30
    price_sensitivity: float = 4.0
    """The logarithm of the hazard rises by this times the rise of prices in the category liked best."""
    price_swing: float = 0.15
    """How far prices of a category go up and down, as a share."""
    leaving_days: int = 21
    """Days from the decision to leave to the last day."""
    leaving_visits: float = 0.4
    """Visits and orders of those about to leave, as a share of the usual ones."""
    leaving_searches: float = 0.3
    """Searches in their visits, likewise."""

    # Amounts
    price: float = 80.0
    """The median of a piece."""
    price_spread: float = 0.5
    """Standard deviation of the logarithm of prices."""
    spending_spread: float = 0.4
    """Likewise of what shoppers spend, beside one another."""

    # Response to an offer
    response: ResponseKind = "varied"
    """`none`; `uniform`: the same for all, also who has gone; `varied`: by what a shopper did before."""
    extra_orders: float = 0.15
    """Of who is persuaded, in the time of a campaign; of everybody where the response is uniform."""
    lost_share: float = 0.5
    """Of the orders of who is disturbed."""
