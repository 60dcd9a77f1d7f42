"""The shapes of the sample shop's pictures, as SVG with named colours. No code.

Each file is an SVG of 320 x 320 whose groups are the shapes, one element a line. `fill` and `stroke`
may say `main` (the product's colour), `light`, `pale`, `dark` or `deep` (lighter and darker than it);
`class="v1 v3"` shows an element only in those variations.
"""
