"""`shangsou winback measure`: what a campaign gained."""

import json
from dataclasses import replace
from pathlib import Path

import click

from insights.commands.campaign_name import CampaignName
from insights.commands.export_options import HTML, JSON
from insights.commands.order_options import OrderOptions, order_options, read_customers
from shangsou.output_files import check_folders, write_text


@click.command()
@click.argument("campaign", type=CampaignName())
@order_options
@HTML
@JSON
def measure(*, campaign: str, orders: OrderOptions, html_path: Path | None, as_json: bool) -> None:
    """Measure what CAMPAIGN gained, by its hold-out.

    Reads what the customers of its two lists bought from the day on which they were contacted: from the
    shop's purchases, or from a table of orders that reaches as far.
    """
    check_folders({"--html": html_path, "--report": orders.report_file}, orders.paths)
    from insights.commands.list_run import ListRun
    from insights.winback.campaign_lists import campaign_names, read_campaign
    from insights.winback.coverage import check_coverage
    from insights.winback.measurement import measure_campaign
    from insights.winback.measurement_text import measurement_json, measurement_text
    from insights.winback.outcomes import campaign_outcomes

    run = ListRun.begin()
    kept = read_campaign(run.lists, campaign)
    others = [read_campaign(run.lists, name).campaign for name in campaign_names(run.lists)]
    by_ids = read_customers(orders).orders
    bought = replace(by_ids, customers=tuple(map(run.lists.pseudonym, by_ids.customers)))
    outcomes = campaign_outcomes(bought, kept.campaign, others)
    check_coverage(bought, kept)
    measurement = measure_campaign(
        outcomes,
        margin_share=kept.margin_share,
        contact_cost=kept.contact_cost,
        discount=kept.discount,
        erased_treated=kept.erased_treated,
        erased_held_out=kept.erased_held_out,
    )
    if html_path is not None:
        from insights.reports.winback_measurement import measurement_page

        write_text(html_path, measurement_page(measurement))
    if as_json:
        click.echo(json.dumps(measurement_json(measurement), ensure_ascii=False))
    else:
        click.echo(measurement_text(measurement))
