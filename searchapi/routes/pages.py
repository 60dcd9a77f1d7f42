"""The shop page: two HTML shells whose modules fetch everything from the HTTP API."""

from flask import Blueprint, Response, render_template

# No script, style or picture may come from the page's text; pictures of a catalog lie anywhere on https.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' https: data:; style-src 'self'; script-src 'self'; "
    "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)

pages = Blueprint(
    "pages",
    __name__,
    template_folder="../templates",
    static_folder="../static",
    static_url_path="/static",
)


@pages.get("/")
def shop() -> str:
    """Return the shop; its address holds the whole search."""
    return render_template("shop.html")


@pages.get("/products/<path:product_id>")
def product(product_id: str) -> str:
    """Return the page of a product, also of an unknown one: its module says so."""
    return render_template("product.html", product_id=product_id)


@pages.after_request
def protect(response: Response) -> Response:
    """Return the response with the headers that keep foreign content out of the page."""
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    # The product page finds its way back to the results by the referrer.
    response.headers["Referrer-Policy"] = "same-origin"
    return response
