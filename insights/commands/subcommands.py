"""Groups of commands that do something without a subcommand."""

import click
from click.core import ParameterSource


def refuse_options_before(context: click.Context) -> None:
    """Raise `UsageError` for an option before the name of a subcommand, which has its own."""
    given = [
        parameter.opts[0]
        for parameter in context.command.params
        if parameter.name and context.get_parameter_source(parameter.name) is ParameterSource.COMMANDLINE
    ]
    if given:
        raise click.UsageError(f"{given[0]} belongs behind {context.invoked_subcommand}", context)
