"""The order of batches, and its division among processes."""

from __future__ import annotations

import pytest
from conftest import vectors
from graft_torch.data.batches import Batching, slice_of, train_order, valid_order
from graft_torch.data.sampling import Draws, repeats_in
from graft_torch.job_error import JobError

_RECORDED = vectors("order")


@pytest.mark.parametrize("case", _RECORDED["train"])
def test_train_order(case: dict) -> None:
    draws = Draws(**case["draws"]) if "draws" in case else None
    batching = Batching(case["bs"], case["shuffle"], case["dropLast"], case["seed"], draws)
    batches = train_order(batching, case["n"], case["epoch"])
    assert batches == case["batches"]
    assert repeats_in(batches) == case["repeats"]


@pytest.mark.parametrize("case", _RECORDED["valid"])
def test_valid_order(case: dict) -> None:
    assert valid_order(case["n"], case["bs"]) == case["batches"]


def test_too_few_items() -> None:
    with pytest.raises(JobError, match="expected at least 64 training images for batches of 64, found 63: use smaller"):
        train_order(Batching(64, True, True, 1), 63, 0)


@pytest.mark.parametrize("world", [1, 2, 3, 7])
@pytest.mark.parametrize("n", [1, 2, 5, 6, 64])
def test_slices_have_every_position_once(n: int, world: int) -> None:
    slices = [slice_of(range(n), rank, world) for rank in range(world)]
    assert [i for part in slices for i in part] == list(range(n))
    assert max(map(len, slices)) - min(map(len, slices)) <= (0 if n % world == 0 else 1)
