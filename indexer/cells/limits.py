"""Limits of what is kept of a cell."""

# Elasticsearch limits ids to 512 bytes; longer ones cannot be truncated without the risk of collisions.
MAX_ID_BYTES = 512
# Characters kept. The longest of 74,362 real titles has 101 and Taobao allows 60 (30 Chinese
# characters); the longest real description has 547, but merchants export whole pages.
MAX_CHARACTERS = {
    "product_id": MAX_ID_BYTES + 1,
    "title": 500,
    "subtitle": 500,
    "description": 20_000,
    "brand": 100,
    "product_type": 100,
    "shop": 100,
    "group_id": 200,
    "category": 100,
    "tags": 50,
    "codes": 50,
    "attribute name": 50,
    "attributes": 500,
    "image_url": 2_000,
}
# Real products have up to 40 attributes, 8 tags and 4 category levels; more is an export error.
MAX_ATTRIBUTES = 100
MAX_TAGS = 50  # and codes
MAX_LEVELS = 8
# Longer cells are seldom those of another product, so what was read of them is not kept.
MAX_REPEATED_LENGTH = 200
