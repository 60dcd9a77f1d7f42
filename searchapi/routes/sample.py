"""`/sample/NAME.svg`: the drawn pictures of the sample shop."""

from flask import Blueprint, Response
from werkzeug.exceptions import NotFound

sample = Blueprint("sample", __name__)

# Pictures depend only on their name, so they change only with the program.
CACHE_S = 24 * 3600


@sample.get("/sample/<name>.svg")
def picture(name: str) -> Response:
    """Return a picture of the sample shop."""
    from shangsou.sample.pictures import draw  # only needed to serve the sample shop

    try:
        svg = draw(name)
    except (KeyError, ValueError):
        raise NotFound(f'there is no sample picture "{name}"') from None
    return Response(
        svg, content_type="image/svg+xml", headers={"Cache-Control": f"public, max-age={CACHE_S}"}
    )
