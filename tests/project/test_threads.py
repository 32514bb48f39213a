"""Claims: torch's threads sleep while they wait, unless the environment says otherwise or torch was loaded before, and
make says the same to kernels that import torch first. That results stay the same is tested with the runs."""

import os
import subprocess
import sys

import pytest

from smwm_lab.paths import ROOT


def printed(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with these variables, and none of its own about waiting."""
    kept = {name: value for name, value in os.environ.items() if name not in ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=kept | variables, timeout=300
    )
    assert done.returncode == 0, done.stderr
    return done


POLICY = "print(__import__('os').environ.get('OMP_WAIT_POLICY'))"


@pytest.mark.parametrize(
    ("code", "variables", "policy"),
    [
        ("import smwm_lab", {}, "PASSIVE"),
        ("import smwm_lab", {"OMP_WAIT_POLICY": "ACTIVE"}, "ACTIVE"),
        ("import sys; sys.modules['torch'] = sys; import smwm_lab", {}, "None"),
    ],
    ids=["set", "chosen before", "too late"],
)
def test_the_policy_is_set_only_where_nobody_chose_and_torch_can_learn_of_it(code, variables, policy):
    assert printed(f"{code}; {POLICY}", **variables).stdout.split() == [policy]


@pytest.mark.skipif(sys.platform != "linux", reason="torch brings libgomp, which shows its settings, on Linux alone")
def test_torch_learns_of_it():
    """Where nobody chose, libgomp spins and yet shows the policy as passive; how often it spins tells them apart."""
    shown = printed("import smwm_lab, torch", OMP_DISPLAY_ENV="VERBOSE").stderr
    assert "GOMP_SPINCOUNT = '0'" in shown


def test_make_says_the_same_to_every_command():
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    assert "OMP_WAIT_POLICY ?= PASSIVE" in lines and "export OMP_WAIT_POLICY" in lines
