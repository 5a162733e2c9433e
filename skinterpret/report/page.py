"""`write_report`: an explained network as a page that can be handed on."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from sklearn.base import is_regressor
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import _num_samples, check_is_fitted, column_or_1d

from skinterpret._listing import listed
from skinterpret.metrics import complexity_score
from skinterpret.report import front, plane
from skinterpret.report.company import SEED, TABLES
from skinterpret.report.plain import explained
from skinterpret.report.references import indicator_sentences
from skinterpret.report.reproduction import call_of, changed_settings, versions
from skinterpret.report.sections import RuleView, rule_views, spoken_for
from skinterpret.report.tables import table_view
from skinterpret.report.turning import in_reading_order, isolated, turns
from skinterpret.report.words import number, shares
from skinterpret.surrogates.judging.readability import in_options

SEED_OF_PAGE = f"{SEED}, of the other surrogates and wherever some of the rows are taken"
MOST_DRAWN_ROWS = 5_000  # of which the plane is made; three hundred of them become points


def write_report(
    surrogate: Any,
    X: Any,
    y: Any = None,
    path: str | PathLike[str] = "report.html",
    *,
    title: str | None = None,
    data_name: str | None = None,
    comparison: pd.DataFrame | str | None = "auto",
    probes: pd.DataFrame | str | None = "auto",
    neurons: pd.DataFrame | str | None = "auto",
    rows: str | None = None,
    run: Mapping[str, str] | None = None,
) -> Path:
    """Write one self-contained HTML page about an explained network.

    The page shows the rule with its coefficients and how far it may be trusted, the whole front as a
    chart of points to choose from, each with its formula, figures, boundary and source text, what the
    network does with its inputs, and how to get the same again.  It needs no network access, works
    with the keyboard and a screen reader, on a phone and in print.

    Parameters
    ----------
    surrogate : SymbolicSurrogate
        The fitted surrogate.
    X : array-like of shape (n_samples, n_features)
        Rows on which accuracy and fidelity are measured, best those that the network has not seen.
        A few hundred of them are drawn.
    y : array-like of shape (n_samples,), default=None
        Labels, as the network was trained on them; without them, and for a hidden unit, the page tells no
        accuracy.
    path : str or path-like, default="report.html"
        Where to write; an existing file is replaced.
    title : str, default=None
        Heading of the page; `None` means "What the network computes".
    data_name : str, default=None
        What the data are called in the first sentence, for instance the name of the file.
    comparison : DataFrame, "auto" or None, default="auto"
        The rule beside other surrogates, a row each.  "auto" fits trees, the sum of single inputs and
        a pruned network to half of 4,000 rows at most and judges all on the other half, which takes
        seconds to a minute; `None` leaves this section out.  Writing each candidate as a rule takes
        about a second a candidate, whatever this is.
    probes : DataFrame, "auto" or None, default="auto"
        The network's class probabilities for values of single inputs: rows (feature, value), a column
        a class.  "auto" lets a `OneHotProbe` find them.
    neurons : DataFrame, "auto" or None, default="auto"
        Activity of hidden neurons, a row each.  "auto" lets a `NeuronProbe` find it.
    rows : str, default=None
        What X are, as words that go after their number, for instance "test rows, which the network has
        not seen"; `None` says that they were given to the report.
    run : mapping of str to str, default=None
        How the surrogate came about, a name and a text each, for instance the command, the data and how
        they were split.  They open the section on how to reproduce it; `None` means the call as far
        as the surrogate knows it.  Where one is called "Command", advice speaks of its options.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    ValueError
        If there are no rows or they do not fit the surrogate, no label is a class of the network, or a table
        is a word other than "auto".
    TypeError
        If the surrogate has no rule to show, or a table is no DataFrame.
    FileNotFoundError
        If there is no folder to write into.
    IsADirectoryError
        If the path is a folder.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.frozen import FrozenEstimator
    >>> from sklearn.neural_network import MLPClassifier
    >>> from skinterpret import SymbolicSurrogate
    >>> from skinterpret.datasets import make_wetzel
    >>> from skinterpret.report import write_report
    >>> from skinterpret.search import EvolutionEngine
    >>> X, y = make_wetzel(1, n_samples=2000, random_state=0, return_X_y=True)
    >>> network = MLPClassifier((20,), activation="tanh", max_iter=2000, random_state=0).fit(X, y)
    >>> engine = EvolutionEngine(max_evals=20_000)  # enough for two inputs
    >>> surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=engine, random_state=0).fit(X)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = write_report(surrogate, X, y, f"{folder}/report.html", comparison=None)
    ...     path.name, "Decision rule" in path.read_text(encoding="utf-8")
    ('report.html', True)
    """
    if is_regressor(surrogate):
        raise TypeError(
            f"{type(surrogate).__name__} has values in place of the decision rule that the page is about; "
            "its summary(), equations_ and coefficients_ tell formula, candidates and intervals, and "
            "to_code() and to_latex() give its text."
        )
    if not hasattr(surrogate, "to_code"):
        raise TypeError(f"{type(surrogate).__name__} has no decision rule; pass a fitted SymbolicSurrogate.")
    check_is_fitted(surrogate)
    tables = {"comparison": comparison, "probes": probes, "neurons": neurons}
    for name, table in tables.items():
        if not (table is None or isinstance(table, (pd.DataFrame, str))):
            raise TypeError(f'{name} must be a DataFrame, "auto" or None, got {type(table).__name__}.')
        if isinstance(table, str) and table != "auto":
            raise ValueError(f'{name} must be a DataFrame, "auto" or None, got {table!r}.')
    labels = _labels(surrogate, X, y)
    written = Path(path)
    if written.is_dir():
        raise IsADirectoryError(
            f"path={str(path)!r} is a directory; name a file, such as report.html, in it."
        )
    if not written.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {str(written.parent)!r} to write into; make it first.")
    shown = {
        name: TABLES[name](surrogate, X, labels) if isinstance(table, str) else table
        for name, table in tables.items()
    }
    views = _views(surrogate, X)
    context = {
        "title": title or "What the network computes",
        "views": views,
        "explained": explained(each.rule for view in views for each in view.candidates),
        "tables": {
            name: None if table is None else table_view(table, shaded=name != "comparison")
            for name, table in shown.items()
        },
        "notes": {
            name: "" if table is None else table.attrs.get("note", "") for name, table in shown.items()
        },
        **_opening(surrogate, X, labels, data_name),
        "rows": rows,
        "advised": in_options if "Command" in (run or {}) else str,
        **_reproduction(surrogate, run),
    }
    written.write_text(_render(context), encoding="utf-8")
    return written


def _labels(surrogate: Any, X: Any, y: Any) -> Any:
    """Check rows and labels; None where there are none, or where they are not for what is explained."""
    labels = None if y is None else column_or_1d(y)
    check_consistent_length(X, labels)
    if _num_samples(X) == 0:
        raise ValueError("X has no rows; pass some, best such as the network has not seen.")
    if labels is None or isinstance(surrogate.target, tuple):
        return None  # no label says whether a hidden unit is right
    classes = surrogate.classes_ if surrogate.target is None else surrogate.estimator_.classes_
    if not np.isin(labels, classes).any():
        raise ValueError(
            f"y has none of the network's classes {', '.join(map(repr, classes.tolist()))}; pass "
            "labels as the network was trained on."
        )
    return labels


def _views(surrogate: Any, X: Any) -> list[RuleView]:
    rows = surrogate._rows(X)  # encoded, where there are categories
    if len(rows) > MOST_DRAWN_ROWS:
        rows = rows[np.random.default_rng(SEED).choice(len(rows), MOST_DRAWN_ROWS, replace=False)]
    return rule_views(surrogate, rows, [str(name) for name in surrogate._input_names()])


def _opening(surrogate: Any, X: Any, labels: Any, data_name: str | None) -> dict[str, Any]:
    """Question, data and the first figures."""
    said = surrogate.network_labels(X)
    truth = labels if surrogate.target is None or labels is None else labels == surrogate.target
    sizes = surrogate.network_.hidden_layer_sizes
    layers = f"hidden layer{'s' if len(sizes) > 1 else ''} of {listed([str(size) for size in sizes])} units"
    if isinstance(surrogate.target, tuple):
        question = f"When is it true of a network with {layers} that {spoken_for(surrogate)}?"
    elif surrogate.target is not None:
        question = f"By which rule does a network with {layers} recognise {surrogate.target}?"
    else:
        question = (
            f"By which rule does a network with {layers} tell {listed(_words(surrogate.classes_))} apart?"
        )
    who = "labels" if truth is not None else "the network's answers"
    of = f" of {data_name}" if data_name else ""
    # of indicators there are more than columns
    kind = "input" if surrogate.encoder_ is None else "column"
    inputs = f"{surrogate.n_features_in_} {kind}{'s' if surrogate.n_features_in_ > 1 else ''}"
    return {
        "question": question,
        "data": f"{len(said):,} rows{of} with {inputs}; {who}: {shares(said if truth is None else truth)}.",
        "network_accuracy": None if truth is None else number(float(np.mean(said == truth))),
        "rule_accuracy": None if truth is None else number(float(np.mean(surrogate.predict(X) == truth))),
        "fidelity": number(float(np.mean(surrogate.predict(X) == said))),
        "complexity": complexity_score(surrogate),
        "structure_tested": surrogate.structure not in (False, [], ()),
        "n_rows": len(said),
        "indicators": indicator_sentences(surrogate),
        "other": str(surrogate.classes_[0]) if surrogate.target is None else "Not so",
    }


def _words(labels: Any) -> list[str]:
    return [str(label) for label in labels.tolist()]


def _reproduction(surrogate: Any, run: Mapping[str, str] | None) -> dict[str, Any]:
    return {
        "run": [*(call_of(surrogate) if run is None else run).items(), ("Seed of this page", SEED_OF_PAGE)],
        "versions": versions(),
        "settings": changed_settings(surrogate),
        "network_settings": changed_settings(surrogate.estimator_),
        "written": f"{datetime.now(UTC):%Y-%m-%d}",
    }


def _render(context: dict[str, Any]) -> str:
    templates = files("skinterpret.report") / "templates"
    script = (templates / "report.js").read_text(encoding="utf-8")
    environment = Environment(
        loader=PackageLoader("skinterpret.report"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=in_reading_order,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2").render(
        context,
        style=Markup((templates / "report.css").read_text(encoding="utf-8")),
        script=Markup(script),
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        safe=Markup,
        isolated=isolated,
        turns=turns,
        front=front,
        plane_size=plane,
    )
