"""`/sample/NAME.svg`."""

from flask.testing import FlaskClient

from shangsou.sample.shop import sample_products


def test_the_picture_of_a_sample_product_is_drawn_and_may_be_kept(client: FlaskClient):
    answer = client.get(sample_products()[0].image_url)
    assert answer.status_code == 200
    assert answer.content_type == "image/svg+xml"
    assert answer.data.startswith(b"<svg")
    assert "max-age=" in answer.headers["Cache-Control"]


def test_an_unknown_picture_is_a_404(client: FlaskClient):
    for name in ("nothing", "..", "dress", "dress-zzzzzz-1", "裙"):
        assert client.get(f"/sample/{name}.svg").status_code == 404
