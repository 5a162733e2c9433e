"""The search on labels; scikit-learn's linear models are the judge of its links."""

import numpy as np
import pytest
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss

from skinterpret.expressions import Expression
from skinterpret.expressions.kernels.gradients import make_workspace
from skinterpret.expressions.kernels.judging import fit_programs, program_losses
from skinterpret.expressions.kernels.labels import RIDGE, make_labelled_rows
from skinterpret.expressions.operators import find_operators
from skinterpret.search import EvolutionEngine, PySREngine
from skinterpret.search.classification import fit_label_link, search_labels

RNG = np.random.default_rng(0)


def small(**settings):
    return EvolutionEngine(**{"max_evals": 3000, "n_islands": 2, "epoch_evals": 500, **settings})


@pytest.mark.parametrize("n_rows", [50, 300])  # one tile, not full; three
def test_links_are_those_of_logistic_regression(n_rows):
    for center, spread in [(0, 1), (3, 10), (-2, 0.1), (100, 1)]:
        row = center + spread * RNG.normal(size=n_rows)
        positive = row + spread * RNG.normal(size=n_rows) > center
        loss, slope, intercept = fit_label_link(row, positive, "logistic")
        signs = np.where(positive, 1.0, -1.0)
        assert loss == pytest.approx(np.mean(np.logaddexp(0, -signs * (slope * row + intercept))), rel=1e-9)
        standard = ((row - row.mean()) / row.std())[:, None]
        model = LogisticRegression(C=1 / (RIDGE * n_rows), tol=1e-8, max_iter=1000).fit(standard, signs)
        assert loss == pytest.approx(log_loss(signs, model.predict_proba(standard)), rel=1e-3)


def test_links_of_hinges_are_those_of_the_least_squared_hinge():
    row = RNG.normal(size=200)
    positive = row + 0.5 * RNG.normal(size=200) > 0.3
    signs = np.where(positive, 1.0, -1.0)
    loss, slope, intercept = fit_label_link(row, positive, "hinge")

    def squared(link):
        short = np.maximum(1 - signs * (link[0] * row + link[1]), 0)
        return np.mean(short**2) + 0.5 * RIDGE * (link[0] * row.std()) ** 2

    best = minimize(squared, [1.0, 0.0], method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-12}).x
    assert [slope, intercept] == pytest.approx(best, rel=1e-3)
    assert loss == pytest.approx(np.mean(np.maximum(1 - signs * (slope * row + intercept), 0)), rel=1e-9)


def test_a_perfect_cut_has_a_finite_link_with_a_margin():
    row = np.r_[RNG.uniform(-2, -1, 50), RNG.uniform(1, 2, 50)]
    for loss in ("logistic", "hinge"):
        lost, slope, intercept = fit_label_link(row, row > 0, loss)
        assert lost < 0.1
        assert np.isfinite([slope, intercept]).all()
        assert (np.sign(row) * (slope * row + intercept) > 0.5).all()


@pytest.mark.parametrize(
    "values", [np.full(10, 3.0), np.r_[np.nan, np.arange(9.0)], np.r_[np.inf, np.ones(9)]]
)
def test_values_that_say_nothing_are_worth_nothing(values):
    assert np.isinf(fit_label_link(values, np.arange(10) > 4, "logistic")[0])


def test_weights_count_as_repetitions():
    X = RNG.normal(size=(60, 2))
    positive = X[:, 0] * X[:, 1] > 0.2
    weight = RNG.integers(1, 4, 60)
    settings = {"engine": small(max_complexity=3), "random_state": 0}
    weighted = search_labels(X, positive, sample_weight=weight, **settings)
    repeated = search_labels(np.repeat(X, weight, axis=0), np.repeat(positive, weight), **settings)
    assert str(weighted[-1].expression) == str(repeated[-1].expression)
    assert weighted[-1].loss == pytest.approx(repeated[-1].loss, rel=1e-6)


def judged(texts, X, positive, loss, fit=False):
    """Losses of expressions, as the engine judges them, and their constants."""
    expressions = [Expression.parse(text) for text in texts]
    n_nodes = max(len(expression.tokens) for expression in expressions)
    tokens = np.zeros((len(expressions), n_nodes), dtype=np.int16)
    constants, losses = np.zeros(tokens.shape), np.empty(len(expressions))
    lengths = np.array([len(expression.tokens) for expression in expressions])
    for row, expression in enumerate(expressions):
        tokens[row, : lengths[row]] = expression.tokens
        constants[row, : lengths[row]] = expression.constants
    rows, work = make_labelled_rows(X, positive, None, loss), make_workspace(X.shape[1], n_nodes)
    if fit:
        fit_programs(tokens, constants, lengths, rows, 30, work, losses)
    else:
        program_losses(tokens, constants, lengths, rows, work, losses)
    return losses, [e.with_constants(c[t == 0][: len(e.constant_values)].tolist())
                    for e, t, c in zip(expressions, tokens, constants, strict=True)]  # fmt: skip


@pytest.mark.parametrize("loss", ["logistic", "hinge"])
def test_constants_are_those_that_a_search_without_derivatives_finds(loss):
    X = RNG.uniform(-1, 1, (300, 2))
    positive = np.sin(2.3 * X[:, 0]) + 0.4 * X[:, 1] + 0.1 * RNG.normal(size=300) > 0.1
    text = "sin(1.5*x0) + 1.1*x1"
    (found,), (fitted,) = judged([text], X, positive, loss, fit=True)
    expression = Expression.parse(text)

    def lost(constants):
        return fit_label_link(expression.with_constants(constants.tolist())(X), positive, loss)[0]

    best = minimize(lost, [1.5, 1.1], method="Nelder-Mead", options={"maxfev": 400})
    assert found == pytest.approx(lost(np.array(fitted.constant_values)), rel=1e-9)
    assert found < 1.02 * best.fun


def test_the_front_falls_and_keeps_to_the_limit():
    X = RNG.uniform(-1, 1, (200, 3))
    front = search_labels(
        X,
        X[:, 0] ** 2 + X[:, 1] * X[:, 2] > 0.3,
        engine=small(max_complexity=9, max_evals=30_000),
        random_state=0,
    )
    assert max(candidate.complexity for candidate in front) <= 9
    losses = [candidate.loss for candidate in front]
    assert losses == sorted(losses, reverse=True)
    assert losses[-1] < 0.1


def test_a_factor_is_found_where_one_is_needed():
    X = RNG.uniform(-1, 1, (300, 2))
    positive = X[:, 0] + 0.35 * X[:, 1] > 0.1
    front = search_labels(X, positive, engine=small(operators=["+", "*"], max_complexity=6), random_state=0)
    slope = front[-1].expression.gradient(X[:1])[0]
    assert slope[1] / slope[0] == pytest.approx(0.35, abs=0.1)


@pytest.mark.parametrize("loss", ["logistic", "hinge"])
def test_losses_of_the_front_are_those_of_its_expressions(loss):
    X = RNG.uniform(0.5, 2, (80, 3))
    positive = X[:, 0] * X[:, 1] - np.sin(X[:, 2]) / X[:, 0] > 0.4
    front = search_labels(X, positive, engine=small(max_complexity=9), loss=loss, random_state=0)
    assert front[-1].complexity > 6
    for candidate in front:
        assert fit_label_link(candidate.expression(X), positive, loss)[0] == pytest.approx(
            candidate.loss, rel=1e-6
        )


def test_no_factor_and_no_term_stays_at_the_root_but_a_monotone_function_does():
    X = RNG.uniform(-1, 1, (300, 2))
    noisy = X[:, 0] + 0.2 * RNG.normal(size=300) > 0
    losses, _ = judged(["x0", "3*x0 - 2", "exp(3*x0)"], X, noisy, "logistic")
    assert losses[1] == pytest.approx(losses[0], rel=1e-6)
    assert abs(losses[2] - losses[0]) > 1e-3
    front = search_labels(X, noisy, engine=small(max_complexity=9), random_state=0)
    assert not any(is_affine(candidate.expression) for candidate in front)


def is_affine(expression):
    """Whether a factor or a term stands at the root, second as simplification puts it."""
    affine = find_operators(["add", "sub", "mul", "div"])
    return expression.tokens[-1] in affine and expression.tokens[-2] == 0


def test_the_front_does_not_depend_on_n_jobs_and_repeats():
    X = RNG.uniform(-1, 1, (150, 2))
    positive = X[:, 0] ** 2 + 0.7 * X[:, 1] > 0.2
    fronts = [
        search_labels(X, positive, engine=small(n_jobs=n_jobs), random_state=3) for n_jobs in (None, 2, None)
    ]
    texts = [[(str(c.expression), c.loss) for c in front] for front in fronts]
    assert texts[0] == texts[1] == texts[2]


def test_a_search_that_was_broken_off_ends_like_one_that_was_not(tmp_path):
    X = RNG.uniform(-1, 1, (150, 2))
    positive = X[:, 0] ** 2 + 0.7 * X[:, 1] > 0.2
    path = tmp_path / "labels.npz"
    whole = search_labels(X, positive, engine=small(max_evals=8000), random_state=0)
    broken = small(max_evals=8000, checkpoint=path, callback=lambda state: state.epoch == 2)
    assert search_labels(X, positive, engine=broken, random_state=0).stop_reason == "callback"
    resumed = search_labels(X, positive, engine=broken.set_params(callback=None), random_state=0)
    assert [str(c.expression) for c in resumed] == [str(c.expression) for c in whole]
    with pytest.raises(ValueError, match="another search"):
        search_labels(X, positive, engine=broken, loss="hinge", random_state=0)


def test_engines_of_directions_alone_are_refused():
    with pytest.raises(ValueError, match="PySREngine matches directions.*use EvolutionEngine"):
        search_labels(np.eye(2), [True, False], engine=PySREngine())


def test_unknown_losses_and_single_classes_are_refused():
    with pytest.raises(ValueError, match="'logistic', 'hinge'"):
        search_labels(np.eye(2), [True, False], loss="zero-one")
    with pytest.raises(ValueError, match="two classes"):
        search_labels(np.eye(2), [True, True])
    with pytest.raises(ValueError, match="non-negative"):
        search_labels(np.eye(2), [True, False], sample_weight=[-1, 1])
