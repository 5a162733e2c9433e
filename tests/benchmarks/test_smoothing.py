"""What the note of the table of smoothing counts."""

import pandas as pd

from benchmarks.smoothing import counts_of_network, note

COLUMNS = ["experiment", "seed", "smoothing", "concept", "decision", "loss of truth", "network accuracy"]


def table_of(*rows):
    same = {"network": "small", "verdict": "concept", "smoothness": 1.0, "fidelity": 1.0, "fit (s)": 1.0}
    return pd.DataFrame(rows, columns=COLUMNS).assign(**same)


def test_recoveries_that_smoothing_brings_and_costs_are_told_apart():
    told = counts_of_network(
        "small",
        table_of(
            (1, 0, "none", True, True, "1e-2", 0.99),
            (1, 0, "0.1", False, False, "1e-3", 0.99),
            (3, 0, "none", False, False, "1e-2", 0.99),
            (3, 0, "0.1", True, False, "1e-1", 0.99),
            (3, 1, "none", False, False, "1e-2", 0.99),
            (3, 1, "0.1", False, True, "1e-3", 0.99),
        ),
    )
    assert "Smoothing none: 1 of 3 recovered, 1 as concepts and 1 as decisions" in told
    assert "Smoothing 0.1: 2 of 3 recovered, 1 as concepts and 1 as decisions" in told
    assert "nearer to the truth's in 2 of 3" in told
    assert "with it alone: 2 of experiment 3, and without it alone: 1 of experiment 1." in told


def test_networks_that_have_not_learned_the_experiment_are_not_counted():
    told = note(table_of((1, 0, "none", True, True, "1e-2", 0.99), (1, 1, "none", False, False, "1e-2", 0.6)))
    assert "1 of 2 runs" in told
    assert "Smoothing none: 1 of 1 recovered" in told
