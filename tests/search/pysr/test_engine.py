"""`PySREngine`: parameters as scikit-learn knows them, and the front that comes back."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from skinterpret.expressions import Expression
from skinterpret.search import PySREngine, search_directions
from skinterpret.search.pysr import engine as engine_module
from skinterpret.search.pysr.julia import HallOfFame

X = np.random.default_rng(0).uniform(0.3, 2, (100, 3))
GRADIENT = Expression.parse("x0**2 + x1*x2").gradient(X)
FOUND = ("x0", "x0 + x1", "exp(square(x0) + (x1 * x2)) * 2.5")


@pytest.fixture
def hand_in(install, monkeypatch):
    """Let a hall of fame come back from Julia; what Julia was given is kept in a list."""
    install()

    def hand_in(*equations, interrupted=False, seconds=0.0, stopped_by_force=False):
        calls = []

        def search_in_julia(*arguments):
            calls.append(arguments)
            return HallOfFame(list(equations), interrupted, seconds, stopped_by_force)

        monkeypatch.setattr(engine_module, "search_in_julia", search_in_julia)
        return calls

    return hand_in


class TestParameters:
    """As of any estimator of scikit-learn."""

    def test_options_of_pysrs_are_parameters(self):
        engine = PySREngine(niterations=7, max_time=3)
        assert engine.get_params()["niterations"] == 7
        assert engine.get_params()["max_time"] == 3

    def test_clone_keeps_them(self):
        engine = PySREngine(["+", "*"], niterations=7, constraints={"sin": 3})
        copy = clone(engine)
        assert copy is not engine
        assert copy.get_params() == engine.get_params()

    def test_they_can_be_set(self, install):
        install()
        engine = PySREngine(niterations=7).set_params(niterations=8, populations=3, max_complexity=9)
        assert engine.get_params()["niterations"] == 8
        assert engine.get_params()["populations"] == 3
        assert engine.max_complexity == 9

    def test_an_option_that_pysr_does_not_have_cannot_be_set(self, install):
        install("1.5.10")
        with pytest.raises(ValueError, match="'guesses'.*1.5.10"):
            PySREngine().set_params(guesses=["x0"])

    def test_without_pysr_any_name_can_be_set(self, no_pysr):
        assert PySREngine().set_params(niterations=8).get_params()["niterations"] == 8

    def test_the_representation_shows_what_was_given(self):
        assert repr(PySREngine(max_time=3, niterations=7)) == "PySREngine(max_time=3, niterations=7)"


def test_without_pysr_settings_are_refused_with_what_to_install(no_pysr):
    with pytest.raises(ImportError, match="pip install.*EvolutionEngine needs neither"):
        PySREngine().validate()
    with pytest.raises(ImportError, match="pip install"):
        search_directions(X, GRADIENT, engine=PySREngine())


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_complexity": 0}, "max_complexity"),
        ({"max_evals": 0}, "max_evals"),
        ({"max_time": -1.0}, "max_time"),
        ({"target_loss": 2}, "target_loss"),
        ({"method": "magic"}, "method"),
        ({"n_jobs": 1.5}, "n_jobs"),
        ({"operators": "+"}, "operators"),
        ({"operators": ["+", "gamma"]}, "Unknown operator 'gamma'"),
        ({"niteration": 3}, "Did you mean 'niterations'"),
    ],
)
def test_unusable_settings_are_refused_before_julia_starts(hand_in, parameters, message):
    calls = hand_in(*FOUND)
    with pytest.raises(ValueError, match=message):
        search_directions(X, GRADIENT, engine=PySREngine(**parameters))
    assert calls == []


def test_the_front_holds_our_complexities_and_losses(hand_in):
    hand_in(*FOUND)
    front = search_directions(X, GRADIENT, engine=PySREngine(), structure=False, random_state=0)
    assert [str(candidate.expression) for candidate in front] == ["x0", "x0 + x1", "x0**2 + x1*x2"]
    assert [candidate.complexity for candidate in front] == [1, 3, 6]
    assert front[-1].loss < 1e-14
    assert front.stop_reason == "target_loss reached"


def test_julia_gets_the_seed_of_the_search_and_rows_with_weight(hand_in):
    calls = hand_in(*FOUND)
    weight = np.arange(100.0) % 3
    seeds = []
    for seed in (0, 0, 1):
        search_directions(
            X, GRADIENT, engine=PySREngine(), structure=False, sample_weight=weight, random_state=seed
        )
        plan, rows, directions, weights = calls[-1]
        seeds.append(plan.options["random_state"])
    assert seeds[0] == seeds[1] != seeds[2]
    np.testing.assert_array_equal(rows, X[weight > 0])
    np.testing.assert_allclose(np.linalg.norm(directions, axis=1), 1)
    np.testing.assert_array_equal(weights, weight[weight > 0])


def test_inputs_that_do_not_matter_are_left_out_and_put_back(hand_in):
    calls = hand_in("x0 * x1")
    wide = np.column_stack([np.random.default_rng(1).uniform(0, 1, (100, 2)), X[:, 1:]])
    gradient = np.column_stack([np.zeros((100, 2)), X[:, [2, 1]]])
    front = search_directions(wide, gradient, engine=PySREngine(), random_state=0)
    assert calls[0][1].shape == (100, 2)
    assert str(front[-1].expression) == "x2*x3"


WIDE = np.column_stack([np.random.default_rng(1).uniform(0, 1, 100), X[:, 1:]])
WITHOUT_X0 = np.column_stack([np.zeros(100), X[:, [2, 1]]])


def test_options_that_name_inputs_mean_those_of_the_rows_that_were_given(hand_in):
    calls = hand_in("x0 * x1")
    engine = PySREngine(guesses=["x1 * x2", "x2"], complexity_of_variables=[9, 1, 2])
    search_directions(WIDE, WITHOUT_X0, engine=engine, random_state=0)
    assert calls[0][1].shape == (100, 2)
    assert calls[0][0].options["guesses"] == ["x0 * x1", "x1"]
    assert calls[0][0].options["complexity_of_variables"] == [1, 2]
    assert engine.get_params()["guesses"] == ["x1 * x2", "x2"]
    search_directions(WIDE, WITHOUT_X0, engine=engine, structure=False, random_state=0)
    assert calls[1][0].options["guesses"] == ["x1 * x2", "x2"]
    assert calls[1][0].options["complexity_of_variables"] == [9, 1, 2]


def test_a_guess_of_an_input_that_is_left_out_is_left_out_with_a_warning(hand_in):
    calls = hand_in("x0 * x1")
    engine = PySREngine(guesses=["x0 + x1"])
    with pytest.warns(UserWarning, match=r"'x0 \+ x1' is left out.*on x0; set structure=False"):
        search_directions(WIDE, WITHOUT_X0, engine=engine, random_state=0)
    assert calls[0][0].options["guesses"] is None


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"complexity_of_variables": [1, 2]}, "complexity_of_variables has 2 values for 3 inputs"),
        ({"guesses": ["x1 * x3"]}, r"'x1 \* x3' holds x3, but there are 3 inputs"),
    ],
)
def test_options_that_do_not_fit_the_inputs_are_refused(hand_in, options, message):
    calls = hand_in("x0")
    with pytest.raises(ValueError, match=message):
        search_directions(X, GRADIENT, engine=PySREngine(**options), structure=False, random_state=0)
    assert calls == []


def test_one_complexity_for_all_inputs_stays_one(hand_in):
    calls = hand_in("x0 * x1")
    engine = PySREngine(complexity_of_variables=2)
    search_directions(WIDE, WITHOUT_X0, engine=engine, random_state=0)
    assert calls[0][0].options["complexity_of_variables"] == 2


def test_what_is_too_complex_as_we_count_is_left_out(hand_in):
    hand_in(*FOUND)
    front = search_directions(
        X, GRADIENT, engine=PySREngine(max_complexity=4), structure=False, random_state=0
    )
    assert str(front[-1].expression) == "x0 + x1"


@pytest.mark.parametrize("found", [["2.5"], []])
def test_there_is_a_front_even_where_pysr_has_found_nothing_and_a_warning(hand_in, found):
    hand_in(*found)
    with pytest.warns(UserWarning, match="no formula with a gradient.*inputs alone"):
        front = search_directions(X, GRADIENT, engine=PySREngine(), structure=False, random_state=0)
    assert [candidate.complexity for candidate in front] == [1]
    assert front.stop_reason == "niterations reached"


def test_an_equation_that_cannot_be_read_is_left_out_with_a_warning(hand_in):
    hand_in("x0", "erf(x0) + x1")
    with pytest.warns(UserWarning, match="left out.*'erf'"):
        search_directions(X, GRADIENT, engine=PySREngine(), structure=False, random_state=0)


def test_functions_of_the_user_come_back_in_the_operators_of_the_table(hand_in):
    hand_in("quart(x0) + x1")
    engine = PySREngine(["+", "quart(x) = x^4"], extra_sympy_mappings={"quart": lambda x: x**4})
    gradient = Expression.parse("x0**4 + x1").gradient(X)
    front = search_directions(X, gradient, engine=engine, structure=False, random_state=0)
    assert str(front[-1].expression) == "x0**4 + x1"


def test_an_interruption_returns_the_best_so_far_with_a_warning(hand_in):
    hand_in("x0", "x0 + x1", interrupted=True)
    with pytest.warns(ConvergenceWarning, match="interrupted.*best candidates so far") as caught:
        front = search_directions(X, GRADIENT, engine=PySREngine(), structure=False, random_state=0)
    assert front.stop_reason == "interrupted"
    assert len(front) == 2
    assert "fresh process" not in str(caught[0].message)


def test_a_julia_that_was_stopped_by_force_is_said_to_need_a_fresh_process(hand_in):
    hand_in("x0", interrupted=True, stopped_by_force=True)
    with pytest.warns(ConvergenceWarning, match="Julia may need a fresh process"):
        search_directions(X, GRADIENT, engine=PySREngine(), structure=False, random_state=0)


@pytest.mark.parametrize("limit", ["max_time", "timeout_in_seconds"])
def test_a_time_limit_returns_the_best_so_far_with_a_warning(hand_in, limit):
    hand_in("x0", "x0 + x1", seconds=60.2)
    engine = PySREngine(**{limit: 60})
    with pytest.warns(ConvergenceWarning, match="max_time reached.*longer max_time"):
        front = search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)
    # Julia compiles before its clock starts, so the iterations may have been complete as well
    assert front.stop_reason == "niterations or max_time reached"


def test_a_search_that_ends_within_its_time_is_not_said_to_have_run_out_of_it(hand_in):
    hand_in("x0", "x0 + x1", seconds=59.0)
    front = search_directions(X, GRADIENT, engine=PySREngine(max_time=60), structure=False, random_state=0)
    assert front.stop_reason == "niterations reached"


def test_without_a_target_none_is_said_to_be_reached(hand_in):
    hand_in(*FOUND)
    engine = PySREngine(early_stop_condition=None)
    front = search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)
    assert front[-1].loss < 1e-14
    assert front.stop_reason == "niterations reached"


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"max_evals": 10}, "niterations or max_evals reached"),
        ({"early_stop_condition": 0.5}, "niterations or early_stop_condition reached"),
    ],
)
def test_limits_that_may_have_ended_the_search_are_named(hand_in, parameters, reason):
    hand_in("x0")
    front = search_directions(X, GRADIENT, engine=PySREngine(**parameters), structure=False, random_state=0)
    assert front.stop_reason == reason


def test_on_worker_processes_the_template_is_used_with_a_warning(hand_in):
    calls = hand_in(*FOUND)
    engine = PySREngine(parallelism="multiprocessing", procs=2)
    with pytest.warns(UserWarning, match="method='template' is used instead"):
        search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)
    assert calls[0][0].method == "template"
    engine.set_params(method="template")
    search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)
