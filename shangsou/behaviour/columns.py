"""Column names of event logs, and the nested events and queries of UBI 1.3 flattened."""

from collections.abc import Iterable, Mapping
from typing import Final

from shangsou.behaviour.event import SEARCH

# Our name first, as in UBI 1.3 and in the TSV; then those of other logs (Taobao's public ones, GA4,
# Matomo, spreadsheets), in lower case. If an event has several of them, the first with a value counts.
COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    # UBI's events have no id but that of their document.
    "event_id": ("event_id", "_id"),
    "timestamp": (
        "timestamp",
        "time",
        "event_time",
        "event_timestamp",
        "ts",
        "时间",
        "时间戳",
        "行为时间",
        "发生时间",
        "访问时间",
    ),
    "user_id": ("user_id", "userid", "uid", "用户id", "用户编号", "会员id", "会员编号"),
    # UBI's client is a browser: it stands for the session where none is given.
    "session_id": ("session_id", "sessionid", "client_id", "user_pseudo_id", "会话id", "访客id"),
    "action_name": (
        "action_name",
        "action",
        "event_name",
        "event_type",
        "behavior_type",
        "bhv_type",
        "behavior",
        "行为",
        "行为类型",
        "事件",
        "事件名称",
        "事件类型",
        "操作",
        "操作类型",
    ),
    "query_id": ("query_id",),
    "user_query": (
        "user_query",
        "query",
        "keyword",
        "search_term",
        "搜索词",
        "查询词",
        "关键词",
        "搜索关键词",
    ),
    "product_id": (
        "product_id",
        "item_id",
        "object_id",
        "sku",
        "商品id",
        "商品编号",
        "宝贝id",
        "宝贝编号",
        "货品id",
    ),
    "position": ("position", "ordinal", "rank", "位置", "排名"),
    "price": ("price", "价格", "单价"),
    "quantity": ("quantity", "qty", "数量"),
    "order_id": ("order_id", "transaction_id", "订单号", "订单编号"),
    "results": ("results",),
}
REQUIRED_FIELDS: Final = ("timestamp", "action_name")
"""Without these a row is no event."""
# What only the records of UBI's index of queries have (query.request.schema.json of 1.3, and what the plugin
# of OpenSearch writes beside it): an event that forgot its action is none.
_QUERY_RECORD_FIELDS = frozenset({"query_response_hit_ids", "query_response_id", "query_attributes"})
_FIELDS_BY_NAME = {
    name: (field, rank) for field, names in COLUMN_NAMES.items() for rank, name in enumerate(names)
}


def find_columns(header: Iterable[str]) -> dict[str, int]:
    """Return the position in the header of each of our fields."""
    positions = {name.strip().lower(): position for position, name in reversed(list(enumerate(header)))}
    columns: dict[str, int] = {}
    for field, names in COLUMN_NAMES.items():
        for name in names:
            if name in positions:
                columns[field] = positions[name]
                break
    return columns


def missing_columns(columns: Iterable[str]) -> list[str]:
    """Return the fields that events need and a header lacks, each with the names that it may have."""
    return [
        f"{field} (known: {', '.join(COLUMN_NAMES[field])})"
        for field in REQUIRED_FIELDS
        if field not in columns
    ]


def flatten(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of an event, nested as in UBI 1.3, under our names.

    `event_attributes.object.object_id` is the product and `event_attributes.position.ordinal` the
    position; other values in `event_attributes` count where the top level has none. A record of UBI's index
    of queries is a search, and the hits of its response are the results that were shown.
    """
    attributes = _mapping(record.get("event_attributes"))
    nested = attributes.get("object")
    position = attributes.get("position")
    sources = (record, _mapping(nested), _mapping(position), attributes)
    flat: dict[str, object] = {}
    for source in sources:
        ranks: dict[str, int] = {}
        for name, value in source.items():
            field, rank = _FIELDS_BY_NAME.get(name, ("", 0))
            if (
                not field
                or value is None
                or value == ""
                or (name == "position" and isinstance(value, Mapping))
            ):
                continue
            # An earlier source takes precedence; within one source, an earlier name.
            if field not in flat or rank < ranks.get(field, -1):
                flat[field], ranks[field] = value, rank
    if "user_query" not in flat and str(record.get("message_type", "")).upper() == "QUERY":
        flat["user_query"] = record.get("message") or ""
    if is_query_record(record):
        flat["action_name"] = SEARCH
        if isinstance(hits := record.get("query_response_hit_ids"), list):
            flat["results"] = [str(hit) if isinstance(hit, int) else hit for hit in hits]
    return flat


def is_query_record(record: Mapping[str, object]) -> bool:
    """Return whether a record is one of UBI's index of queries rather than of its events."""
    return (
        "user_query" in record
        and not record.get("action_name")
        and not _QUERY_RECORD_FIELDS.isdisjoint(record)
    )


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
