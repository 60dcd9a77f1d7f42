"""The shells and files of the shop page, as the server sends them."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from searchapi.pages import static_files
from searchapi.routes.pages import pages


@pytest.mark.parametrize("path", ["/", "/?q=<script>", "/products/mug", "/judge", "/assets/0/shop.js"])
def test_every_page_forbids_foreign_scripts_and_styles(client: FlaskClient, path: str):
    with client.get(path) as response:
        assert response.status_code == 200
    policy = response.headers["Content-Security-Policy"]
    # Scripts and styles follow the default; pictures are wherever the merchant has them.
    for rule in ("default-src 'self'", "img-src 'self' https: http: data:"):
        assert f"{rule};" in policy
    for word in ("unsafe", "script-src", "style-src"):
        assert word not in policy
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_a_product_id_is_escaped_in_its_page(client: FlaskClient):
    html = client.get('/products/"><script>alert(1)</script>').text
    assert "<script>alert" not in html
    assert 'data-product-id="&#34;&gt;&lt;script&gt;alert(1)&lt;/script&gt;"' in html


def test_an_id_with_a_slash_reaches_its_page(client: FlaskClient):
    assert 'data-product-id="a/b"' in client.get("/products/a%2Fb").text


def test_modules_come_with_a_type_that_browsers_run(client: FlaskClient):
    with client.get("/static/shop.js") as response:
        assert response.mimetype in ("text/javascript", "application/javascript")


def test_the_page_asks_no_other_machine_for_anything():
    folder = Path(pages.root_path).parent
    for file in [*folder.glob("templates/*"), *folder.glob("static/*")]:
        text = file.read_text().replace("http://www.w3.org/2000/svg", "")
        assert "http://" not in text, file
        assert "https://" not in text, file


def test_no_module_assigns_html():
    for file in (Path(pages.root_path).parent / "static").glob("*.js"):
        for word in ("innerHTML", "outerHTML =", "insertAdjacentHTML", "document.write", "eval("):
            assert word not in file.read_text(), file


def test_no_module_is_left_out_of_the_types_that_are_served():
    assert {path.suffix for path in static_files.FOLDER.iterdir()} == {".js", ".css", ".svg"}
