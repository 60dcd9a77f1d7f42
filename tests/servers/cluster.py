"""Several real Elasticsearch servers that are one cluster."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.servers.elasticsearch import ElasticsearchServer, running_elasticsearch

# A node that is lost is noticed within seconds, not minutes, and its shards are copied again at once.
_SETTINGS = {
    "discovery.type": "multi-node",
    "cluster.fault_detection.follower_check.interval": "500ms",
    "cluster.fault_detection.follower_check.timeout": "3s",
    "cluster.fault_detection.leader_check.interval": "500ms",
    "cluster.fault_detection.leader_check.timeout": "3s",
}


@contextmanager
def running_cluster(nodes: int) -> Iterator[list[ElasticsearchServer]]:
    """Start servers on free ports of the loopback interface; the first one begins the cluster."""
    ports = _free_ports(nodes)
    with ExitStack() as stack:
        servers = []
        for number, port in enumerate(ports):
            settings = {
                **_SETTINGS,
                "node.name": f"node-{number}",
                "transport.port": str(port),
                "discovery.seed_hosts": f"127.0.0.1:{ports[0]}",
            }
            if number == 0:
                settings["cluster.initial_master_nodes"] = "node-0"
            started = running_elasticsearch("512m", for_tests=True, settings=settings)
            servers.append(stack.enter_context(started))
        yield servers


def _free_ports(count: int) -> list[int]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports
