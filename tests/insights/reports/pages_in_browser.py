"""Pages as a browser shows them."""


def assert_fits_and_fetches_nothing(chromium, path, text, width):
    """Write a page, open it at a width, and check that it scrolls no way but down, and asks for nothing."""
    path.write_text(text, "utf-8")
    context = chromium.new_context(viewport={"width": width, "height": 900})
    requested = []
    opened = context.new_page()
    opened.on("request", lambda request: requested.append(request.url))
    opened.goto(path.as_uri())
    assert opened.evaluate("document.documentElement.scrollWidth") == width
    assert requested == [opened.url]
    context.close()
