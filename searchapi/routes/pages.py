"""The shop page: two HTML shells whose modules fetch everything from the HTTP API."""

from flask import Blueprint, Response, render_template

from searchapi.security import SECURITY_HEADERS
from searchapi.state import state

pages = Blueprint(
    "pages",
    __name__,
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.get("/")
def shop() -> str:
    """Return the shop page, whose address holds the whole search."""
    return render_template("shop.html", retention_days=state().settings.retention_days)


@pages.get("/products/<path:product_id>")
def product(product_id: str) -> str:
    """Return the page of a product; for an unknown one its script shows an error."""
    return render_template(
        "product.html", product_id=product_id, retention_days=state().settings.retention_days
    )


@pages.get("/judge")
def judge() -> str:
    """Return the judging page; its script requests the books, which only operators may see."""
    return render_template("judge.html")


@pages.after_request
def protect(response: Response) -> Response:
    """Add the headers that keep foreign content out of the page."""
    response.headers.update(SECURITY_HEADERS)
    return response
