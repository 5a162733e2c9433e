"""What the note of the table of surrogates says of who is ahead."""

import pandas as pd

from benchmarks.surrogates import ahead_of_the_rule


def table_of(*rows):
    return pd.DataFrame(rows, columns=["data", "surrogate", "to symbolic", "its error"])


def test_every_surrogate_that_is_clearly_ahead_is_named_with_its_tables():
    table = table_of(
        ("iris", "symbolic", 0.0, 0.0),
        ("iris", "pruned network", 0.03, 0.02),
        ("wine", "symbolic", 0.0, 0.0),
        ("wine", "pruned network", 0.05, 0.02),
        ("wine", "logistic regression", 0.03, 0.005),
        ("genes", "pruned network", 0.07, 0.02),
        ("genes", "tree, unrestricted", -0.07, 0.02),
    )
    assert ahead_of_the_rule(table) == (
        "More faithful than the rule by more than two standard errors: pruned network on wine, genes; "
        "logistic regression on wine."
    )


def test_nobody_ahead_is_said_too():
    table = table_of(("iris", "symbolic", 0.0, 0.0), ("iris", "pruned network", 0.03, 0.02))
    assert ahead_of_the_rule(table).startswith("No surrogate is more faithful than the rule")
