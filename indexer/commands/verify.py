"""`shangsou verify`."""

from typing import TYPE_CHECKING

import click

from indexer.commands.json_output import json_option, to_json_text
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from indexer.integrity import Checked


@click.command()
@json_option
@click.pass_context
def verify(context: click.Context, as_json: bool) -> None:
    """Compare every file of the index with what was written into it.

    What is damaged is named, and a damaged generation is not searched any more: a server goes on with the one
    before it. Exit code 1 where anything is damaged.
    """
    from indexer.integrity import check_integrity

    checked = []
    for one in check_integrity(read_settings()):
        checked.append(one)
        if not as_json:
            click.echo(f"{one.part}: {_result(one)}")
    if as_json:
        click.echo(to_json_text({"checked": [one._asdict() for one in checked]}), nl=False)
    elif not checked:
        click.echo("there is nothing to check yet")
    if any(one.damage for one in checked):
        context.exit(1)


def _result(one: "Checked") -> str:
    if one.damage:
        return f"damaged: {one.damage}; {one.advice}"
    return f"not checked: {one.unchecked}" if one.unchecked else "whole"
