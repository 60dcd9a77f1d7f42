"""`shangsou demo`."""

import sys

import click

from searchapi.commands.run_server import host_option, port_option, run_server
from shangsou.settings import read_settings


@click.command()
@host_option
@port_option
def demo(host: str, port: int) -> None:
    """Index the sample shop and serve it."""
    from searchapi.demo import prepare_sample_shop
    from shangsou.search.service.searcher import Searcher, open_searcher

    settings = read_settings()

    def open_indexed() -> Searcher:
        prepare_sample_shop(settings)
        # Whoever opens the address that is printed is to find the shop open.
        searcher = open_searcher(settings)
        searcher.warm_up()
        return searcher

    run_server(settings, host, port, open_indexed, _announce)


def _announce(address: str) -> None:
    click.echo(
        f"示例店铺已就绪，请在浏览器打开 {address} （按 Ctrl+C 停止）\n"
        f"The sample shop is served on {address} (Ctrl+C stops it)"
    )
    sys.stdout.flush()
