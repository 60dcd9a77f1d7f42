"""Column names of event logs, and UBI 1.3's nested form flattened."""

from collections.abc import Iterable, Mapping

# Our name first, as in UBI 1.3 and in the TSV; then those of other logs (Taobao's public ones, GA4,
# Matomo, spreadsheets), in lower case. If an event has several of them, the first with a value counts.
COLUMN_NAMES: Mapping[str, tuple[str, ...]] = {
    "event_id": ("event_id",),
    "timestamp": ("timestamp", "time", "event_time", "ts", "时间", "时间戳"),
    "user_id": ("user_id", "userid", "uid", "用户id", "用户编号"),
    # UBI's client is a browser: it stands for the session where none is given.
    "session_id": ("session_id", "sessionid", "client_id", "会话id"),
    "action_name": ("action_name", "action", "event_type", "behavior_type", "behavior", "行为", "行为类型"),
    "query_id": ("query_id",),
    "user_query": ("user_query", "query", "keyword", "search_term", "搜索词", "查询词", "关键词"),
    "product_id": ("product_id", "item_id", "object_id", "sku", "商品id", "商品编号"),
    "position": ("position", "ordinal", "rank", "位置"),
    "price": ("price", "价格", "单价"),
    "quantity": ("quantity", "qty", "数量"),
    "order_id": ("order_id", "transaction_id", "订单号", "订单编号"),
    "results": ("results",),
}
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


def flatten(record: Mapping[str, object]) -> dict[str, object]:
    """Return the fields of an event, nested as in UBI 1.3, under our names.

    `event_attributes.object.object_id` is the product and `event_attributes.position.ordinal` the
    position; other values in `event_attributes` count where the top level has none.
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
    return flat


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
