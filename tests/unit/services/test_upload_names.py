"""Names that Rucio takes, near those that the files have."""

from __future__ import annotations

import pytest

from rucio_jupyterlab.errors import BadRequest
from rucio_jupyterlab.services.uploads import names


@pytest.mark.parametrize(
    ("name", "proposal"),
    [
        ("fine/a-b_c.d", "fine/a-b_c.d"),
        ("a b.txt", "a_b.txt"),
        ("Größe.csv", "Gro_e.csv"),
        ("café.txt", "cafe.txt"),
        ("数据.csv", "file.csv"),
        ("-rf", "rf"),
        ("..hidden", "hidden"),
        ("a?b#c%d&e", "a_b_c_d_e"),
        ("plots/../x", "plots/_/x"),
        ("日", "file"),
    ],
)
def test_a_proposal_is_as_near_as_can_be(name: str, proposal: str) -> None:
    assert names.proposed(name) == proposal
    assert names.is_generic(names.proposed(name))


def test_where_slashes_are_not_taken() -> None:
    assert names.proposed("plots/a/b.png", with_slashes=False) == "plots_a_b.png"


def test_long_names_are_cut_before_their_ending() -> None:
    cut = names.proposed("n" * 300 + ".root")
    assert len(cut) == names.LONGEST_NAME
    assert cut.endswith(".root")


@pytest.mark.parametrize(
    ("scope", "prefix"), [("..", ""), ("s", "../"), ("s", "a/../b"), ("s", "\n")]
)
def test_nothing_leads_up(scope: str, prefix: str) -> None:
    with pytest.raises(BadRequest):
        names.check_texts(scope, prefix)
