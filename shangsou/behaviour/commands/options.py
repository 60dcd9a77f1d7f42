"""Options of the commands that read event files."""

import click

ACTION = click.option(
    "--action",
    "actions",
    multiple=True,
    metavar="NAME=KIND",
    help="What a name of an action stands for, as share=view; none leaves its rows out. Repeatable.",
)
