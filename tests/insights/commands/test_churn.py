"""`shangsou churn` on tables of orders, and what it keeps and exports."""

import json
import stat

import pytest

from insights.commands.churn import churn
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.customer_lists.lists import CustomerLists
from shangsou.errors import UnusableInput
from tests.insights.commands.customer_tables import rows_of, run_command, write_orders

pytestmark = pytest.mark.usefixtures("home")


def run(*arguments):
    return run_command(churn, *arguments)


def test_every_customer_is_in_the_export_once_under_a_pseudonym(orders, tmp_path, home):
    out = tmp_path / "scores.csv"
    result = run("--orders", orders, "--horizon-days", 20, "--out", out)
    assert result.exit_code == 0, result.output
    rows = rows_of(out)
    assert list(rows[0]) == ["customer", "probability", "expected_purchases", "expected_value", "reasons"]
    pseudonyms = {CustomerLists(home).pseudonym(f"会员{number}") for number in range(60)}
    assert sorted(row["customer"] for row in rows) == sorted(pseudonyms)
    assert all(0 < float(row["probability"]) < 1 for row in rows)
    assert "会员" not in out.read_text("utf-8") + result.output


def test_who_orders_every_ten_days_is_likelier_to_buy_than_who_ordered_once(orders, tmp_path):
    out = tmp_path / "scores.csv"
    run("--orders", orders, "--horizon-days", 20, "--out", out, "--with-ids")
    chance = {row["customer"]: float(row["probability"]) for row in rows_of(out)}
    assert min(chance[f"会员{number}"] for number in range(30)) > max(
        chance[f"会员{number}"] for number in range(30, 60)
    )


def test_scores_are_kept_in_files_that_their_owner_alone_can_read(orders, home):
    document = json.loads(run("--orders", orders, "--horizon-days", 20, "--json").stdout)
    kept = CustomerLists(home).read(document["list"])
    assert (kept.kind, len(kept.rows), document["customers"]) == ("churn", 60, 60)
    assert kept.about["as_of"] == "2026-04-30"
    for path in (home / "lists").iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path.name
    assert "会员" not in "".join(path.read_text("utf-8", "replace") for path in (home / "lists").iterdir())


def test_an_export_is_recorded_as_out_of_reach_of_erasures(orders, tmp_path, home):
    out = tmp_path / "scores.csv"
    run("--orders", orders, "--horizon-days", 20, "--out", out, "--with-ids")
    erased = CustomerLists(home).erase("会员7")
    assert erased.rows == 1
    assert [(one.path, one.with_ids) for one in erased.exports] == [(str(out), True)]


def test_who_refused_personalization_is_in_no_list(orders, tmp_path, home):
    store = SqliteEventStore(home / "events" / "events.sqlite")
    store.opt_out("会员7", opted_out=True)
    store.close()
    out = tmp_path / "scores.csv"
    result = run("--orders", orders, "--horizon-days", 20, "--out", out, "--with-ids")
    assert "1 customer refused personalization: left out" in result.stderr
    assert {row["customer"] for row in rows_of(out)} == {f"会员{number}" for number in range(60)} - {"会员7"}


def test_the_audit_log_holds_the_list_and_the_export_and_no_customer(orders, tmp_path, home):
    run("--orders", orders, "--horizon-days", 20, "--out", tmp_path / "scores.csv", "--with-ids")
    lines = [json.loads(line) for line in (home / "audit" / "audit.jsonl").read_text("utf-8").splitlines()]
    assert [(line["action"], line.get("customers"), line.get("with_ids")) for line in lines] == [
        ("lists.write", 60, None),
        ("lists.export", None, True),
    ]
    assert "会员" not in json.dumps(lines, ensure_ascii=False)


def test_lists_older_than_the_setting_are_removed_by_the_next_run(orders, home):
    first = json.loads(run("--orders", orders, "--json").stdout)["list"]
    about = home / "lists" / f"{first}.json"
    old = json.loads(about.read_text("utf-8")) | {"created_at": "2020-01-01T00:00:00+00:00"}
    about.write_text(json.dumps(old), "utf-8")
    second = json.loads(run("--orders", orders, "--json").stdout)["list"]
    assert CustomerLists(home).names() == [second]


def test_a_shop_of_one_order_each_is_refused_with_the_way_out(tmp_path):
    orders = write_orders(tmp_path / "orders.csv", repeaters=0)
    with pytest.raises(UnusableInput, match="none of 60 customers ordered on a second day"):
        run("--orders", orders)


def test_ids_without_a_file_to_write_them_to_are_refused(orders):
    result = run("--orders", orders, "--with-ids")
    assert result.exit_code == 2
    assert "name it" in result.output


def test_a_horizon_beyond_the_records_is_reported(orders):
    assert "cover 120 days, less than the horizon" in run("--orders", orders, "--horizon-days", 400).stderr
