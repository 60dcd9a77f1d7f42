"""JSON output of the indexing commands."""

import json

import click

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")


def to_json_text(payload: object) -> str:
    """Return plain values as an indented JSON document that ends a line."""
    return json.dumps(payload, ensure_ascii=False, indent=1) + "\n"
