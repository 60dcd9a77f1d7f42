"""The name of a campaign, as an argument or an option."""

import click

from shangsou.customer_lists.names import check_campaign
from shangsou.errors import UnusableInput


class CampaignName(click.ParamType[str]):
    """A name that can be one of a list of customers."""

    name = "name"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the name; fails with the way out where a file cannot have it."""
        try:
            check_campaign(value)
        except UnusableInput as reason:
            self.fail(str(reason), param, ctx)
        return value
