"""Whether a network can be read is measured, and said, before its search."""

import linecache
import re
import warnings

import numpy as np
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.utils import check_random_state

from skinterpret import SymbolicSurrogate
from skinterpret.exceptions import UnreadableNetworkWarning
from skinterpret.expressions import Expression
from skinterpret.search import Candidate, Engine, Front
from skinterpret.surrogates.judging.readability import Readability, in_options, warn_of_unreadable_ones
from skinterpret.surrogates.reading.searching import SearchPlan, search_concept, warn_of_each


class Listening(Engine):
    """An engine that notes which warnings came before it was asked."""

    def __init__(self, heard=None):
        self.heard = heard

    def validate(self):
        pass

    def search(self, X, directions, sample_weight, seed, parts=()):
        self.before_ = [str(warning.message) for warning in self.heard]
        self.weight_ = sample_weight
        return Front([Candidate(Expression.variable(0), 0.5)])


class Steep:
    """A latent that rises along x0, with as much noise in its directions as wanted."""

    def __init__(self, noise=0.0, slope=5.0, offset=0.0):
        self.noise, self.slope, self.offset = noise, slope, offset

    def latent(self, X, target=None):
        return self.slope * X[:, 0] + self.offset

    def gradient(self, X, target=None):
        noise = np.sin(1e6 * X + np.arange(X.shape[1]))
        return self.slope * np.eye(X.shape[1])[0] + self.noise * noise


def warned_before(latent, delta=1e-4):
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        engine = Listening(heard)
        plan = SearchPlan(None, delta, 100, engine, 1, (), ["a", "b"])
        found = search_concept(latent, X, plan, check_random_state(0))
        categories = {warning.category for warning in heard}
    assert categories <= {UnreadableNetworkWarning}
    return found.readability, engine.before_


def test_a_smooth_and_sure_network_is_searched_without_a_word():
    readability, before = warned_before(Steep())
    assert before == []
    assert readability.smoothness == pytest.approx(1)
    assert readability.discrimination > 0.3


def test_directions_that_jump_are_told_before_the_search():
    readability, (sentence,) = warned_before(Steep(noise=20.0))
    assert "no formula can follow directions that jump" in sentence
    assert readability.smoothness < 0.5
    assert np.mean(readability.reliability) == pytest.approx(readability.smoothness)


def test_answers_that_hardly_vary_are_told_although_directions_are_smooth():
    readability, (sentence,) = warned_before(Steep(slope=0.1))
    assert readability.smoothness == pytest.approx(1)
    assert "hardly vary" in sentence
    assert "tanh" in sentence


def test_one_answer_for_all_rows_is_told():
    _, (sentence,) = warned_before(Steep(slope=0.1, offset=2.0))
    assert "the same answer" in sentence


def test_values_are_no_decisions():
    readability, before = warned_before(Steep(slope=0.01), delta=None)
    assert before == []
    assert np.isnan(readability.discrimination)
    assert np.isnan(readability.rarer)


def test_logistic_units_that_have_not_learned_are_noticed(ellipse, quick_engine, capsys):
    network = MLPClassifier((60, 60), activation="logistic", random_state=0).fit(ellipse.data, ellipse.target)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    with pytest.warns(UnreadableNetworkWarning, match=r"the same answer|hardly vary") as heard:
        surrogate.fit(ellipse.data)
    assert {linecache.getline(each.filename, each.lineno).strip() for each in heard} == {
        "surrogate.fit(ellipse.data)"
    }
    assert surrogate.readability_.discrimination < 0.1
    surrogate.summary()
    assert "Its answers hardly vary, so that even smooth directions mean little" in capsys.readouterr().out


def test_a_direction_weighs_in_the_search_as_much_as_it_agrees_with_its_neighbours():
    class HalfNoisy(Steep):
        def gradient(self, X, target=None):
            return np.where(X[:, [1]] > 0, super().gradient(X), Steep(noise=0.0).gradient(X))

    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    engine = Listening([])
    plan = SearchPlan(None, 1e-4, 100, engine, 1, (), ["a", "b"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UnreadableNetworkWarning)
        found = search_concept(HalfNoisy(noise=20.0), X, plan, check_random_state(0))
    noisy = found.sample.X[:, 1] > 0
    np.testing.assert_array_equal(found.weight, np.maximum(found.readability.reliability, 0))
    assert set(engine.weight_) <= set(found.weight)
    assert found.weight[noisy].mean() < 0.7 * found.weight[~noisy].mean()


def test_where_no_direction_is_reliable_all_count_alike():
    assert Readability(-0.1, np.full(5, -0.1), 0.5, 0.5).weight.tolist() == [1.0] * 5


def test_the_advice_holds_for_a_readable_network_too():
    """Such a network has tanh units and lbfgs, but its alpha, the rows and the smoothing can vary."""
    (advice,) = Readability(0.6, np.full(100, 0.6), discrimination=0.9, rarer=0.4).warnings
    assert "a larger alpha than the network has now" in advice
    assert "for a ReLU network of few units, smoothing=0.1" in advice
    assert "More rows" in advice
    assert "make_readable_network(alpha=...)" in advice
    assert "make_readable_network()" not in advice


@pytest.mark.parametrize(
    ("activations", "advised"), [((), True), (("relu",), True), (("tanh", "relu"), True), (("tanh",), False)]
)
def test_a_network_of_tanh_units_is_not_advised_to_have_them(activations, advised):
    latent = Steep(noise=20.0)
    latent.hidden_activations = activations
    readability, (said, *_) = warned_before(latent)
    assert ("tanh" in said) == ("smoothing=0.1" in said) == advised
    assert "larger alpha than the network has now" in said
    assert "--estimator" in in_options(said)
    assert readability.has_tanh_units == (not advised)


@pytest.mark.parametrize("figures", [(0.6, 0.9, 0.4), (0.99, 0.02, 0.4), (0.99, 0.9, 0.0)])
def test_users_of_python_read_of_parameters_and_those_of_the_command_line_of_options(figures):
    smoothness, discrimination, rarer = figures
    (said,) = Readability(smoothness, np.full(100, smoothness), discrimination, rarer).warnings
    assert "command line" not in said
    assert "--" not in said
    by_option = in_options(said)
    assert "--estimator" in by_option
    assert "smoothing=" not in by_option
    assert by_option.partition(".  ")[0].partition(": ")[0] == said.partition(".  ")[0].partition(": ")[0]


class Several:
    """Latents by target: 0 can be read, 1 jumps, 2 hardly varies, 3 jumps a little less."""

    LATENTS = (Steep(noise=0.0), Steep(noise=20.0), Steep(slope=0.1, noise=0.0), Steep(noise=12.0))

    def latent(self, X, target=None):
        return self.LATENTS[target].latent(X)

    def gradient(self, X, target=None):
        return self.LATENTS[target].gradient(X)


def plans_for(targets):
    several = len(targets) > 1
    return [
        SearchPlan(k, 1e-4, 100, Listening([]), 1, (), ["a", "b"], f"class {k}" if several else "")
        for k in targets
    ]


def test_several_latents_are_told_of_in_one_warning_that_names_them():
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    state = check_random_state(0)
    with pytest.warns(UnreadableNetworkWarning) as heard:
        warn_of_each(Several(), X, plans_for(range(4)), "class", state)
    assert len(heard) == 1
    told = str(heard[0].message)
    assert "For class 2 (of 4): The network's answers hardly vary" in told
    assert re.search(
        r"For the classes 1 and 3 \(of 4\): The directions .* agree to -?0\.\d\d to 0\.\d\d only", told
    )
    assert "directions that jump.  More rows make them smoother" in told
    # the searches draw what they would have drawn
    assert state.randint(1 << 30) == check_random_state(0).randint(1 << 30)


@pytest.mark.parametrize(
    ("names", "kind", "words"),
    [
        (
            ['"The" Hills', "East", "a, b"],
            "class",
            "For the classes '\"The\" Hills', 'East' and 'a, b' (of 3): ",
        ),
        (np.array(["North", "South"]), "class", "For the classes 'North' and 'South' (of 2): "),
        (np.array([3]), "class", "For class 3 (of 1): "),
        ([0, 1], "output", "For the outputs 0 and 1 (of 2): "),
    ],
)
def test_names_of_several_latents_are_quoted(names, kind, words):
    jumping = Readability(0.6, np.full(100, 0.6), discrimination=0.9, rarer=0.4)
    with pytest.warns(UnreadableNetworkWarning) as heard:
        warn_of_unreadable_ones(dict.fromkeys(names, jumping), kind)
    assert str(heard[0].message).startswith(f"{words}The directions of neighbouring rows agree to 0.60")


def test_the_search_for_one_of_several_says_nothing_more():
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        search_concept(Several(), X, plans_for(range(4))[1], check_random_state(0))
        warn_of_each(Several(), X, plans_for([1]), "class", check_random_state(0))
    with pytest.warns(UnreadableNetworkWarning, match="target=1: The directions"):
        search_concept(Several(), X, plans_for([1])[0], check_random_state(0))


def test_several_that_can_be_read_bring_no_warning():
    X = np.random.default_rng(0).uniform(-1, 1, (600, 2))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_each(Several(), X, plans_for([0, 0]), "class", check_random_state(0))
