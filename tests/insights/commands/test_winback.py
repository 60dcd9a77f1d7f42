"""`shangsou winback` and its measurement, on tables of orders."""

import json
import stat
from datetime import UTC, date, datetime, timedelta

import pytest

from insights.commands.winback import winback
from shangsou.behaviour.retention import clock_file
from shangsou.behaviour.sqlite.store import SqliteEventStore
from shangsou.customer_lists.lists import CustomerLists
from shangsou.customer_lists.names import hold_out_name, winback_name
from shangsou.errors import UnusableInput
from shangsou.reading.times import CHINA
from tests.insights.commands.customer_tables import rows_of, run_command

pytestmark = pytest.mark.usefixtures("home")


def run(*arguments):
    return run_command(winback, *arguments)


def draw(orders, *arguments, campaign="618", budget=1_000):
    return run(
        "--orders", orders, "--campaign", campaign, "--budget", budget, "--start", "2026-05-01", *arguments
    )


def customers_of(home, name):
    return {row[0] for row in CustomerLists(home).read(name).rows}


def test_half_of_few_customers_are_held_out_and_none_of_them_is_exported(orders, tmp_path, home):
    out = tmp_path / "list.csv"
    result = draw(orders, "--out", out, "--json")
    document = json.loads(result.stdout)
    exported = {row["customer"] for row in rows_of(out)}
    held_out = customers_of(home, hold_out_name("618"))
    assert document["contacted"] == document["held_out"] == len(held_out) == len(exported) > 0
    assert not exported & held_out
    assert exported == customers_of(home, winback_name("618"))
    assert "may be too small to measure" in result.stderr
    assert "which is no uplift" in result.stderr
    assert "会员" not in out.read_text("utf-8") + result.output


def test_what_is_expected_to_be_spent_stays_within_the_budget(orders, tmp_path):
    out = tmp_path / "list.csv"
    document = json.loads(draw(orders, "--out", out, "--json", budget=1).stdout)
    costs = [float(row["expected_cost"]) for row in rows_of(out)]
    assert 0 < sum(costs) <= 1.01
    assert document["expected_cost"] == pytest.approx(sum(costs), abs=0.01)
    assert document["excluded"]["beyond_budget"] > 0


def test_no_discount_exceeds_the_margin(orders, tmp_path):
    out = tmp_path / "list.csv"
    draw(orders, "--margin", 0.2, "--out", out)
    assert {float(row["discount"]) for row in rows_of(out)} <= {0, 0.05, 0.1, 0.15, 0.2}


def test_who_refused_marketing_is_neither_contacted_nor_held_out(orders, tmp_path, home):
    out = tmp_path / "list.csv"
    draw(orders, "--out", out, "--with-ids")
    somebody = rows_of(out)[0]["customer"]
    store = SqliteEventStore(home / "events" / "events.sqlite")
    store.refuse_marketing(somebody, refused=True)
    store.close()
    result = draw(orders, "--out", out, "--start", "2026-06-01", campaign="双11")
    assert "1 customer refused marketing: left out" in result.stderr
    pseudonym = CustomerLists(home).pseudonym(somebody)
    assert pseudonym not in customers_of(home, "winback-双11") | customers_of(home, "winback-双11-hold-out")


def test_a_campaign_is_drawn_once(orders):
    draw(orders)
    with pytest.raises(UnusableInput, match="campaign 618 was drawn before: choose another name"):
        draw(orders)


def test_a_hold_out_that_a_killed_run_left_alone_is_drawn_again(orders, home):
    draw(orders)
    lists = CustomerLists(home)
    before = customers_of(home, hold_out_name("618"))
    lists.remove(winback_name("618"))
    draw(orders)
    assert customers_of(home, hold_out_name("618")) == before


def test_campaigns_of_one_day_share_no_customer_and_one_that_was_never_sent_can_be_discarded(orders, home):
    draw(orders, campaign="trial")
    with pytest.raises(UnusableInput, match="trial starts on 2026-05-01 too and has 30 customers of this"):
        draw(orders)
    assert CustomerLists(home).names() == [winback_name("trial"), hold_out_name("trial")]
    assert "campaign trial is discarded" in run("discard", "trial").stdout
    assert CustomerLists(home).names() == []
    draw(orders)
    with pytest.raises(UnusableInput, match="there is no campaign trial in this home"):
        run("discard", "trial")


def test_a_campaign_that_cuts_an_earlier_one_short_says_so(orders):
    draw(orders)
    later = draw(orders, "--start", "2026-05-20", campaign="520")
    assert (
        "campaign 618 is measured up to 2026-05-20 alone, and not up to 2026-05-30: it has 30" in later.stderr
    )
    assert "orders are known up to 2026-04-30, 20 days before the start" in later.stderr


def test_a_campaign_of_nobody_is_not_kept(orders, home):
    with pytest.raises(UnusableInput, match=r"nobody is worth contacting within the budget: .* beyond the"):
        draw(orders, budget=0)
    assert CustomerLists(home).names() == []


def test_old_lists_are_removed_unless_a_server_does_it(orders, home, monkeypatch):
    monkeypatch.setenv("SHANGSOU_LISTS_DAYS", "1")
    draw(orders)
    for path in (home / "lists").glob("*.json"):
        path.write_text(
            path.read_text("utf-8").replace(f"{datetime.now(UTC):%Y-%m-%d}", "2026-01-01"), "utf-8"
        )
    clock = clock_file(home)
    clock.parent.mkdir(exist_ok=True)
    clock.write_text("{}", "utf-8")
    draw(orders, "--start", "2026-06-10", campaign="双11")
    assert winback_name("618") in CustomerLists(home).names()
    clock.unlink()
    draw(orders, "--start", "2026-07-20", campaign="双12")
    assert winback_name("618") not in CustomerLists(home).names()


def test_a_campaign_does_not_start_before_the_orders_end(orders):
    with pytest.raises(UnusableInput, match="orders are known up to 2026-04-30; name a later day"):
        draw(orders, "--start", "2026-04-30")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--budget", "5"], "missing option '--campaign'"),
        (["--campaign", "618"], "missing option '--budget'"),
        (["--campaign", "../618", "--budget", "5"], "choose another"),
        (["--campaign", "618", "--budget", "-5"], "-5.0 is not in the range"),
        (["--campaign", "618", "--budget", "5", "--margin", "30"], "30.0 is not in the range"),
        (["--campaign", "618", "--budget", "nan"], "'nan' is not a finite number"),
        (["--campaign", "618", "--budget", "inf"], "'inf' is not a finite number"),
        (["--campaign", "618", "--budget", "5", "--contact-cost", "nan"], "not a finite number"),
    ],
)
def test_options_that_cannot_be_used_are_refused_before_anything_is_read(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output


def after_campaign(path, bought, *, first_day=date(2026, 5, 1), days=30):
    """Add to a table of orders one for each of these customers, and the last day that is known."""
    text = path.read_text("utf-8")
    rows = [f"{one},{first_day + timedelta(3)},100" for one in bought]
    path.write_text("\n".join([text, *rows, f"别人,{first_day + timedelta(days - 1)},10"]), "utf-8")
    return path


def test_the_gain_is_that_of_the_contacted_over_the_held_out(orders, tmp_path):
    out = tmp_path / "list.csv"
    draw(orders, "--out", out, "--with-ids")
    contacted = [row["customer"] for row in rows_of(out)]
    document = json.loads(
        run("measure", "618", "--orders", after_campaign(orders, contacted), "--json").stdout
    )
    assert document["treated"]["buyers"] == document["treated"]["customers"] == len(contacted)
    assert document["held_out"]["buyers"] == 0
    assert document["share_difference"]["value"] == 1
    assert document["complete"]


def test_the_next_campaign_learns_from_one_that_is_over_and_says_why_not_from_one_that_is_not(orders):
    draw(orders)
    assert "campaign 618 is not learned from: it ends on 2026-05-30" in (
        draw(orders, "--start", "2026-06-01", campaign="early").stderr
    )
    run("discard", "early")
    after_campaign(orders, [])
    assert "campaign 618 is not learned from" not in (
        draw(orders, "--start", "2026-06-01", campaign="next").stderr
    )


def test_a_measurement_before_the_campaign_is_over_is_refused(orders):
    draw(orders)
    with pytest.raises(UnusableInput, match="there is nothing to measure yet"):
        run("measure", "618", "--orders", orders)


def test_orders_that_lack_many_of_the_customers_do_not_measure_a_campaign(orders, tmp_path):
    out = tmp_path / "list.csv"
    draw(orders, "--out", out, "--with-ids")
    contacted = {row["customer"] for row in rows_of(out)}
    header, *rows = after_campaign(orders, contacted).read_text("utf-8").split("\n")
    other = tmp_path / "other.csv"
    kept = [row for row in rows if row.split(",")[0] in {*contacted, "别人"}]
    other.write_text("\n".join([header, *kept]), "utf-8")
    with pytest.raises(UnusableInput, match="15 of 15 customers contacted and 0 of 15 held out are among"):
        run("measure", "618", "--orders", other)


def test_orders_of_another_shop_do_not_measure_a_campaign(orders, tmp_path):
    draw(orders)
    other = tmp_path / "other.csv"
    other.write_text("会员号,付款时间,实付金额\n甲,2026-05-03,5\n甲,2026-05-30,5\n", "utf-8")
    with pytest.raises(UnusableInput, match="is among the 1 of the orders; give the orders of the shop"):
        run("measure", "618", "--orders", other)


def test_a_campaign_of_another_home_is_refused(orders, home, tmp_path, monkeypatch):
    draw(orders)
    monkeypatch.setenv("SHANGSOU_HOME", str(tmp_path / "other"))
    lists = CustomerLists(tmp_path / "other")
    lists.begin_run()
    lists.pseudonym("u")
    for name in (winback_name("618"), hold_out_name("618")):
        for suffix in (".csv", ".json"):
            (tmp_path / "other" / "lists" / f"{name}{suffix}").write_bytes(
                (home / "lists" / f"{name}{suffix}").read_bytes()
            )
    with pytest.raises(UnusableInput, match="another home"):
        run("measure", "618", "--orders", after_campaign(orders, []))


def test_a_campaign_that_was_never_drawn_is_named_with_those_that_were(orders):
    draw(orders)
    with pytest.raises(UnusableInput, match="there is no campaign 双11 in this home; there are 618"):
        run("measure", "双11", "--orders", orders)


@pytest.mark.parametrize("name", ["list.csv", "list.xlsx"])
@pytest.mark.parametrize("before", [None, 0o644])
def test_an_export_is_readable_by_its_owner_alone(orders, tmp_path, name, before):
    out = tmp_path / name
    if before:
        out.write_bytes(b"of an earlier day")
        out.chmod(before)
    draw(orders, "--out", out, "--with-ids")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600


def test_an_export_among_the_lists_is_refused_before_anything_is_drawn(orders, home):
    CustomerLists(home).begin_run()
    with pytest.raises(UnusableInput, match="lies among the lists of the home"):
        draw(orders, "--out", home / "lists" / "list.csv")
    assert not [name for name in CustomerLists(home).names() if name.startswith("winback")]


def test_an_export_of_another_kind_is_refused_with_the_kinds_there_are(orders, tmp_path):
    with pytest.raises(UnusableInput, match=r"as \.csv or \.tsv, packed with \.gz, or \.xlsx"):
        draw(orders, "--out", tmp_path / "list.pdf")


def test_a_campaign_on_old_orders_starts_today(orders):
    document = json.loads(run("--orders", orders, "--campaign", "a", "--budget", 10, "--json").stdout)
    assert (document["as_of"], document["start"]) == ("2026-04-30", str(datetime.now(CHINA).date()))
