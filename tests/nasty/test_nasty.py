"""The judges of the importer: fresh nasty files of every family, each held to what was meant by them."""

import os
from importlib import import_module

import pytest
from nasty.case import CASES, Case
from nasty.judging import judge

FAMILIES = (
    "amounts", "dates", "dialects", "encodings", "hostile", "identities", "limits", "meaning", "parquets", "sequences",
    "structures", "tables", "workbooks",
)  # fmt: skip
for family in FAMILIES:
    import_module(f"nasty.{family}")

SEEDS = range(11, 11 + min(5, int(os.environ.get("PAYRISK_TEST_EXAMPLES", "1"))))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("case", CASES.values(), ids=lambda case: case.name)
def test_a_nasty_file_ends_as_it_is_meant_and_never_silently_wrong(case: Case, seed: int, tmp_path):
    judged = judge(case.steps(seed), tmp_path)

    assert judged.silent == [], judged.notes
    assert judged.notes == []


def test_every_policy_of_the_contract_has_a_case():
    told = {policy for case in CASES.values() for policy in case.policy.split()}
    assert told >= {f"P{number:02d}" for number in range(1, 21)}
