"""`shangsou demo`."""

import sys
from typing import TYPE_CHECKING

import click

from searchapi.commands.run_server import host_option, port_option, run_server
from shangsou.settings import read_settings

if TYPE_CHECKING:
    from shangsou.search.service.searcher import Searcher


@click.command()
@host_option
@port_option
def demo(host: str, port: int) -> None:
    """Index the sample shop and serve it."""
    settings = read_settings()

    # Imported in the process that serves: NumPy starts threads, and the one that supervises it has to fork.
    def open_indexed() -> "Searcher":
        from searchapi.demo import prepare_sample_shop
        from shangsou.search.service.searcher import open_searcher

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
