"""`shangsou winback discard`: forget a campaign that was never sent."""

import click

from insights.commands.campaign_name import CampaignName
from shangsou.errors import UnusableInput


@click.command()
@click.argument("campaign", type=CampaignName())
def discard(*, campaign: str) -> None:
    """Remove the lists of CAMPAIGN, which was drawn and never sent.

    As long as it is kept it counts as sent: it ends the days of earlier campaigns that share customers with
    it, and what it did is learned from. Once discarded it cannot be measured any more.
    """
    from insights.commands.list_run import ListRun
    from shangsou.customer_lists.names import hold_out_name, winback_name

    run = ListRun.begin()
    present = set(run.lists.names())
    # The list of the contacted first: without it the hold-out counts as that of an unfinished run.
    removed = [name for name in (winback_name(campaign), hold_out_name(campaign)) if name in present]
    if not removed:
        raise UnusableInput(f"there is no campaign {campaign} in this home")
    for name in removed:
        run.remove(name)
    click.echo(f"campaign {campaign} is discarded; files that it was written to by --out are still there")
