"""Seeds and generators draw what TypeScript draws."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import vectors
from graft_torch.seed import generator, permutation, split_seed

_RECORDED = vectors("seed")


@pytest.mark.parametrize("case", _RECORDED["splitSeed"])
def test_split_seed(case: dict) -> None:
    assert split_seed(case["seed"], *case["names"]) == case["split"]


@pytest.mark.parametrize("case", _RECORDED["uniform"])
def test_uniforms_singly_and_at_once(case: dict) -> None:
    random = generator(case["seed"])
    assert [random.uniform() for _ in range(case["n"])][-4:] == case["last"]
    assert generator(case["seed"]).uniforms(case["n"])[-4:].tolist() == case["last"]


@pytest.mark.parametrize("case", _RECORDED["normal"])
def test_normals_singly_and_at_once(case: dict) -> None:
    random = generator(case["seed"])
    assert np.allclose([random.normal() for _ in range(case["n"])][-4:], case["last"], rtol=1e-14, atol=0)
    assert np.allclose(generator(case["seed"]).normals(case["n"])[-4:], case["last"], rtol=1e-14, atol=0)


@pytest.mark.parametrize("case", _RECORDED["integer"])
def test_integer(case: dict) -> None:
    assert [generator(case["seed"]).integer(1000) for _ in range(4)] == case["last"]


@pytest.mark.parametrize("case", _RECORDED["mixed"])
def test_draws_of_several_kinds_in_turn(case: dict) -> None:
    random = generator(case["seed"])
    drawn = [random.normal(), random.uniform(), random.integer(7), random.normal(), *random.normals(601)[-4:]]
    assert np.allclose([*drawn, random.uniform(), random.normal()], case["drawn"], rtol=1e-14, atol=0)


@pytest.mark.parametrize("case", _RECORDED["permutation"])
def test_permutation(case: dict) -> None:
    assert permutation(case["seed"], case["n"]) == case["order"]


def test_many_numbers_are_those_of_many_calls() -> None:
    every = generator(7).uniforms(100_000)
    parts = generator(7)
    assert np.array_equal(np.concatenate([parts.uniforms(n) for n in (1, 600, 0, 50_000, 49_399)]), every)
    assert np.array_equal(
        generator(7).normals(5001), np.concatenate([(again := generator(7)).normals(4000), again.normals(1001)])
    )
