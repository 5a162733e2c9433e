"""Our settings in the words of three versions of PySR, and contradictions."""

import pytest
from joblib import parallel_config

from skinterpret.search import PySREngine
from skinterpret.search.pysr.installed import Installation
from skinterpret.search.pysr.plan import make_plan

from .signatures import OPTIONS

VERSIONS = list(OPTIONS)


def plan(version="2.7.2", seed=5, **parameters):
    engine = PySREngine(**parameters)
    return make_plan(engine.settings, Installation(version, OPTIONS[version]), seed)


@pytest.fixture(params=VERSIONS)
def version(request):
    return request.param


def test_only_options_of_that_version_are_used(version):
    options = plan(version, max_evals=10, max_time=3, verbose=2, operators=["+", "*", "pow"]).options
    assert set(options) <= OPTIONS[version]


def test_our_settings_become_pysrs(version):
    options = plan(
        version, operators=["+", "*", "sin"], max_complexity=20, max_evals=1000, max_time=5, target_loss=1e-6
    ).options
    wanted = {
        "binary_operators": ["+", "*"],
        "unary_operators": ["sin"],
        "maxsize": 20,
        "max_evals": 1000,
        "timeout_in_seconds": 5.0,
        "early_stop_condition": 1e-6,
        "complexity_of_constants": 2,
        "complexity_of_operators": {"+": 1, "*": 1, "sin": 2},
    }
    assert {name: options[name] for name in wanted} == wanted


def test_every_operator_is_counted_by_name(version):
    """A table of no complexities has no type of numbers in Julia, which then cannot count at all."""
    assert plan(version, operators=["+", "*"]).options["complexity_of_operators"] == {"+": 1, "*": 1}
    none = plan(version, operators=["+", "*"], complexity_of_operators={})
    assert none.options["complexity_of_operators"] == {"+": 1, "*": 1}


def test_operators_that_pysr_2_replaces_before_it_counts_are_named_both_ways(version):
    names = ["+", "^", "sqrt", "log", "log2", "log10", "log1p"]
    counted = plan(version, operators=names).options["complexity_of_operators"]
    assert counted["+"] == 1
    assert "SymbolicRegression.safe_+" not in counted
    stand_ins = {name: "pow" if name == "^" else name for name in names[1:]}
    for name, stand_in in stand_ins.items():
        assert counted[name] == counted[f"SymbolicRegression.safe_{stand_in}"] > 1
    mine = plan(version, operators=["+", "log"], complexity_of_operators={"log": 5}).options
    assert mine["complexity_of_operators"] == {"log": 5, "SymbolicRegression.safe_log": 5}


def test_a_mapping_of_the_user_counts_alone(version):
    options = plan(version, complexity_mapping="tree -> 1").options
    assert not {"complexity_of_operators", "complexity_of_constants"} & set(options)


def test_numbers_have_64_bits(version):
    assert plan(version).options["precision"] == 64


def test_defaults_are_those_of_the_package(version):
    options = plan(version).options
    assert options["binary_operators"] == ["+", "-", "*", "/"]
    assert options["unary_operators"] == ["square", "exp", "sin"]
    assert options["maxsize"] == 30
    assert options["early_stop_condition"] == 1e-10
    assert not {"max_evals", "timeout_in_seconds"} & set(options)


def test_options_of_pysrs_pass_through_and_win_over_defaults(version):
    given = {
        "niterations": 7,
        "maxsize": 12,
        "complexity_of_constants": 1,
        "early_stop_condition": "f(l, c) = l < 1e-3",
    }
    options = plan(version, **given).options
    assert {name: options[name] for name in given} == given


def test_a_serial_search_repeats_from_its_seed(version):
    for parameters in ({}, {"n_jobs": 1}, {"parallelism": "serial"}):
        options = plan(version, seed=5, **parameters).options
        assert (options["parallelism"], options["deterministic"], options["random_state"]) == (
            "serial",
            True,
            5,
        )


def test_threads_get_no_seed_which_would_promise_what_they_cannot_keep(version):
    for parameters in ({"n_jobs": 2}, {"n_jobs": -1}, {"parallelism": "multithreading"}):
        options = plan(version, **parameters).options
        if parameters == {"n_jobs": -1} and options["parallelism"] == "serial":
            continue  # a machine with one core
        assert options["parallelism"] == "multithreading"
        assert not {"deterministic", "random_state", "procs"} & set(options)


def test_the_number_of_jobs_may_come_from_joblib():
    with parallel_config(backend="threading", n_jobs=2):
        assert plan().options["parallelism"] == "multithreading"


def test_randomness_may_be_asked_for():
    options = plan(deterministic=False).options
    assert options["deterministic"] is False
    assert "random_state" not in options


def test_a_number_of_processes_means_processes_with_the_template():
    options = plan(method="template", procs=4).options
    assert (options["parallelism"], options["procs"]) == ("multiprocessing", 4)
    assert not {"deterministic", "random_state"} & set(options)


@pytest.mark.parametrize(
    "parameters", [{"parallelism": "multiprocessing"}, {"cluster_manager": "slurm", "procs": 4}]
)
def test_worker_processes_get_the_template_because_they_lack_the_global_directions(version, parameters):
    assert plan(version, **parameters).method == "template"
    assert plan(version, **parameters).options["parallelism"] == "multiprocessing"


def test_the_number_of_jobs_is_that_of_worker_processes():
    assert plan(parallelism="multiprocessing", n_jobs=3).options["procs"] == 3


def test_exponents_are_kept_as_small_as_constants():
    assert plan(operators=["+", "*", "^"]).options["constraints"] == {"^": (-1, 2)}
    sizes = {"constraints": {"sin": 5}, "complexity_of_constants": 1}
    assert plan(operators=["*", "^", "sin"], **sizes).options["constraints"] == {"sin": 5, "^": (-1, 1)}
    mine = {"constraints": {"^": (3, 1)}}
    assert plan(operators=["*", "^"], **mine).options["constraints"] == {"^": (3, 1)}
    assert "constraints" not in plan(operators=["+", "*"]).options


def test_a_small_max_complexity_is_one_that_pysr_accepts():
    assert plan(max_complexity=3).options["maxsize"] == 7


def test_pysrs_own_lists_of_operators_are_understood():
    options = plan(
        unary_operators=["cos", "quart(x) = x^4"], extra_sympy_mappings={"quart": lambda x: x**4}
    ).options
    assert options["binary_operators"] == ["+", "-", "/", "*"]
    assert options["unary_operators"] == ["cos", "quart(x) = x^4"]


def test_operators_of_three_operands_need_version_2():
    operators = {2: ["+", "*"], 3: ["muladd"]}
    assert plan("2.7.2", operators=operators).options["operators"] == operators
    with pytest.raises(ValueError, match="PySR 1.5.10 takes operators of one or two"):
        plan("1.5.10", operators=operators)


def test_progress_is_shown_on_request():
    quiet, loud = plan().options, plan(verbose=1).options
    assert (quiet["verbosity"], quiet["progress"], quiet["input_stream"]) == (0, False, "devnull")
    assert (loud["verbosity"], loud["progress"]) == (1, True)
    assert "input_stream" not in loud


def test_an_unknown_option_is_refused_with_the_one_that_was_meant(version):
    with pytest.raises(ValueError, match=f"'niteration'.*PySR {version}.*Did you mean 'niterations'"):
        plan(version, niteration=3)


def test_options_of_a_later_version_are_refused_by_an_earlier_one():
    assert "guesses" in plan("2.0.0a2", guesses=["x0 + x1"]).options
    with pytest.raises(ValueError, match="'guesses'.*1.5.10"):
        plan("1.5.10", guesses=["x0 + x1"])


def test_guesses_are_written_as_the_method_takes_them():
    for guesses in (["x0 * x11"], [["x0 * x11"]], [{"f": "#1 * #12"}]):
        assert plan(guesses=guesses).options["guesses"] == ["x0 * x11"]
        assert plan(guesses=guesses, method="template").options["guesses"] == [{"f": "#1 * #12"}]


@pytest.mark.parametrize(
    ("guesses", "message"),
    [
        (["x0 * (x1"], "cannot be read"),
        (["speed * x1"], "cannot be read: .*'speed'"),
        (["cos(x0)"], "uses 'cos', which is not among the operators"),
        (["x0 ^ 2"], r"uses '\^', which is not"),
        (["x0**2"], r"uses '\*\*', which is not"),
        (["x0 * -(x1)"], "holds a sign"),
        (["-x0"], "holds a sign"),
        ([3], "each guess must be a formula"),
        ([{"f": "#1", "g": "#2"}], "each guess must be a formula"),
    ],
)
def test_guesses_that_cannot_be_used_are_refused(guesses, message):
    with pytest.raises(ValueError, match=message):
        plan(guesses=guesses)


def test_numbers_and_functions_of_the_user_may_stand_in_guesses():
    guesses = ["1.5e-3 * quart(x0) - 2e+1", "-1.0 * x0", "x0 * (-2.5e-3 - x1)"]
    options = plan(
        operators=["-", "*", "quart(x) = x^4"],
        extra_sympy_mappings={"quart": lambda x: x**4},
        guesses=guesses,
    ).options
    assert options["guesses"] == guesses


def test_names_are_taken_on_trust_where_the_source_text_does_not_tell():
    engine = PySREngine(novelty=3)
    assert make_plan(engine.settings, Installation("2.9.0", None), 0).options["novelty"] == 3


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"max_complexity": 20, "maxsize": 30}, "max_complexity stands for maxsize"),
        ({"max_time": 20, "timeout_in_seconds": 30}, "max_time stands for timeout_in_seconds"),
        ({"target_loss": 0.0, "early_stop_condition": 1e-3}, "target_loss stands for early_stop"),
        ({"verbose": 1, "progress": False}, "verbose stands for progress"),
        ({"operators": ["+"], "unary_operators": ["sin"]}, "operators stands for unary_operators"),
        ({"n_jobs": 2, "parallelism": "serial"}, "n_jobs stands for parallelism"),
        ({"n_jobs": 2, "procs": 2, "parallelism": "multiprocessing"}, "n_jobs stands for procs"),
        ({"procs": 4}, "procs is the number of worker processes, which method='objective' cannot"),
        ({"procs": 4, "method": "template", "parallelism": "serial"}, "procs needs .*, not 'serial'"),
        ({"procs": 4, "method": "template", "n_jobs": 2}, "n_jobs stands for procs"),
        ({"parallelism": "threads"}, "parallelism='threads' is none of"),
        ({"cluster_manager": "slurm", "parallelism": "serial"}, "cluster_manager needs"),
        ({"deterministic": True, "n_jobs": 2}, "deterministic=True needs a serial search"),
        ({"precision": 32}, "precision=32 is too coarse"),
        ({"autodiff_backend": "Zygote"}, "autodiff_backend='Zygote' cannot"),
        ({"autodiff_backend": "Enzyme"}, "autodiff_backend='Enzyme' cannot"),
        ({"complexity_mapping": "f", "complexity_of_constants": 3}, "for complexity_of_constants as well"),
        ({"complexity_mapping": "f", "complexity_of_operators": {"+": 2}}, "for complexity_of_operators"),
        ({"complexity_mapping": "f", "complexity_of_variables": 2}, "for complexity_of_variables"),
        ({"population_size": 10}, "tournament_selection_n=15 must be smaller than population_size=10"),
        ({"population_size": 9, "tournament_selection_n": 9}, "tournament_selection_n=9 must be smaller"),
        ({"maxsize": 6}, "maxsize=6 is smaller than the 7 .* set max_complexity"),
        ({"timeout_in_seconds": -1.0}, "timeout_in_seconds=-1.0 must be positive"),
        ({"timeout_in_seconds": 0}, "timeout_in_seconds=0 must be positive"),
        ({"multithreading": False}, "'multithreading' is neither .* Set n_jobs, or parallelism"),
        ({"X_units": ["m"]}, "'X_units' is neither .* Directions carry no units"),
        ({"loss_function": "f(t, d, o) = 0"}, "loss_function of PySR cannot be set"),
        ({"elementwise_loss": "L2DistLoss()"}, "elementwise_loss of PySR cannot be set"),
        ({"expression_spec": object()}, "expression_spec of PySR cannot be set"),
        ({"random_state": 0}, "random_state of PySR cannot be set here: the seed"),
        ({"warm_start": True}, "warm_start of PySR cannot be set"),
        ({"select_k_features": 3}, "select_k_features of PySR cannot be set"),
        ({"denoise": True}, "denoise of PySR cannot be set"),
        ({"operators": ["+", "sin"], "method": "template"}, "must hold '\\+' and '\\*'"),
        ({"operators": ["*", "sin"], "parallelism": "multiprocessing"}, "must hold '\\+' and '\\*'"),
        ({"operators": ["+", "gamma"]}, "Unknown operator 'gamma'"),
    ],
)
def test_contradictions_are_refused(version, parameters, message):
    with pytest.raises(ValueError, match=message):
        plan(version, **parameters)


class BacksolveMutation:
    """By this name PySR 2.7 has one of its mutations."""


@pytest.mark.parametrize("options", [{"weight_backsolve": 0.1}, {"mutations": {BacksolveMutation(): 1.0}}])
def test_solving_for_a_target_that_is_none_is_refused(options):
    with pytest.raises(ValueError, match="backsolve mutation .* cannot be used"):
        plan(**options)
    without = {name: 0.0 if name == "weight_backsolve" else {} for name in options}
    assert set(without) <= set(plan(**without).options)
