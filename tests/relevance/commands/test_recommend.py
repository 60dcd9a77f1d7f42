"""`shangsou evaluate recommend`."""

import pytest
from click.testing import CliRunner

from relevance.commands.recommend import recommend

HEADER = "timestamp\tuser_id\tsession_id\taction_name\tproduct_id\tcategory_id\n"


def log(action):
    """Four shoppers who see a product and later another, which is to be predicted."""
    rows = [
        f"{1_760_000_000 + 1000 * step + number}\tu{number}\ts{number}-{step}\t{action}\tp{step}\tc{step}\n"
        for step in range(2)
        for number in range(4)
    ]
    return HEADER + "".join(rows)


@pytest.mark.parametrize("options", [(), ("--by", "category_id")])
def test_a_name_of_the_shops_own_for_an_action_counts_with_action(tmp_path, options):
    (tmp_path / "known.tsv").write_text(log("view"), "utf-8")
    (tmp_path / "own.tsv").write_text(log("看了"), "utf-8")
    known = CliRunner().invoke(recommend, ["--events", str(tmp_path / "known.tsv"), *options, "--json"])
    own = CliRunner().invoke(
        recommend, ["--events", str(tmp_path / "own.tsv"), *options, "--action", "看了=view", "--json"]
    )
    assert known.exit_code == own.exit_code == 0
    assert own.stdout == known.stdout
