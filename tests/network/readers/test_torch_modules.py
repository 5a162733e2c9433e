import copy
import subprocess
import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.datasets import make_wetzel
from skinterpret.network import as_network

torch = pytest.importorskip("torch")
nn = torch.nn

HIDDEN = {
    "relu": nn.ReLU(),
    "tanh": nn.Tanh(),
    "sigmoid": nn.Sigmoid(),
    "elu": nn.ELU(0.7),
    "selu": nn.SELU(),
    "gelu": nn.GELU(),
    "tanh gelu": nn.GELU(approximate="tanh"),
    "silu": nn.SiLU(),
    "softplus": nn.Softplus(beta=2),
    "leaky relu": nn.LeakyReLU(0.2),
    "nothing": nn.Identity(),
    "normalised": nn.Sequential(nn.BatchNorm1d(6), nn.Tanh()),
    "normalised after": nn.Sequential(nn.Tanh(), nn.BatchNorm1d(6)),
    "normalised twice": nn.Sequential(nn.ELU(), nn.BatchNorm1d(6), nn.BatchNorm1d(6, affine=False)),
    "dropped": nn.Sequential(nn.ELU(), nn.Dropout(0.5), nn.Sequential(nn.AlphaDropout(), nn.Flatten())),
    "twice": nn.Sequential(nn.Tanh(), nn.ELU()),
}


def build(*layers, seed=0):
    """A module in double precision, with all numbers random, also those of batch normalisation."""
    module = nn.Sequential(*layers).double()
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if tensor.is_floating_point():
                values = torch.randn(tensor.shape, generator=generator, dtype=torch.float64) * 0.5
                tensor.copy_(values.abs() + 0.5 if "var" in name else values)
    return module.eval()


def derive(module, X, unit):
    """Values and input gradients of one output, by autograd."""
    rows = torch.tensor(X, requires_grad=True)
    values = module(rows)[:, unit]
    (gradient,) = torch.autograd.grad(values.sum(), rows)
    return values.detach().numpy(), gradient.numpy()


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
class TestLatentsAndGradientsAreThoseOfAutograd:
    def test_of_the_outputs(self, hidden, X):
        module = build(nn.Linear(4, 6), hidden, nn.Linear(6, 3))
        network = as_network(module, output="regression")
        for unit in range(3):
            values, gradient = derive(module, X, unit)
            assert_allclose(network.latent(X, unit), values, rtol=1e-9, atol=1e-9)
            assert_allclose(network.gradient(X, unit), gradient, rtol=1e-8, atol=1e-9)

    def test_behind_normalised_inputs_of_large_mean(self, hidden, X):
        first = nn.BatchNorm1d(4)
        module = build(first, nn.Linear(4, 6), hidden, nn.Linear(6, 1))
        first.running_mean += 1e6
        network = as_network(module)
        values, gradient = derive(module, X + 1e6, 0)
        assert_allclose(network.latent(X + 1e6), values, rtol=1e-7, atol=1e-8)
        assert_allclose(network.gradient(X + 1e6), gradient, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("nested", [False, True])
def test_a_layer_may_stand_in_several_places(nested, X):
    act, tied = nn.Tanh(), nn.Linear(6, 6)
    inner = [tied, act, tied, act]
    module = build(nn.Linear(4, 6), act, *([nn.Sequential(*inner)] if nested else inner), nn.Linear(6, 1))
    network = as_network(module)
    values, gradient = derive(module, X, 0)
    assert_allclose(network.latent(X), values, rtol=1e-9)
    assert_allclose(network.gradient(X), gradient, rtol=1e-8, atol=1e-9)


def test_hidden_units_are_those_that_an_activation_gets(X):
    module = build(nn.Linear(4, 6), nn.BatchNorm1d(6), nn.ELU(), nn.Linear(6, 5), nn.GELU(), nn.Linear(5, 1))
    network = as_network(module)
    assert network.hidden_layer_sizes == (6, 5)
    for layer, depth in enumerate((2, 4)):
        for unit in range(5):
            values, gradient = derive(module[:depth], X, unit)
            assert_allclose(network.latent(X, ("hidden", layer, unit)), values, rtol=1e-9)
            assert_allclose(network.gradient(X, ("hidden", layer, unit)), gradient, rtol=1e-9)


@pytest.mark.parametrize("head", [nn.Identity(), nn.Softmax(dim=1), nn.LogSoftmax(dim=-1)], ids=str)
def test_several_outputs_are_a_softmax(head, X):
    logits = build(nn.Linear(4, 6), nn.Tanh(), nn.Linear(6, 3))
    network = as_network(nn.Sequential(logits, head), classes=["low", "middle", "high"])
    expected = torch.softmax(logits(torch.tensor(X)), dim=1).detach().numpy()
    assert_allclose(network.predict_proba(X), expected, rtol=1e-10)
    assert_array_equal(network.predict(X), np.array(["low", "middle", "high"])[expected.argmax(axis=1)])
    assert_allclose(network.latent(X, "low"), np.log(expected[:, 0] / (1 - expected[:, 0])), rtol=1e-9)


@pytest.mark.parametrize("head", [nn.Identity(), nn.Sigmoid()], ids=str)
def test_one_output_is_a_logit(head, X):
    logit = build(nn.Linear(4, 6), nn.ELU(), nn.Linear(6, 1))
    network = as_network(nn.Sequential(logit, head))
    values, gradient = derive(logit, X, 0)
    assert_allclose(network.latent(X), values, rtol=1e-10)
    assert_allclose(network.gradient(X), gradient, rtol=1e-10)
    assert_allclose(network.predict_proba(X)[:, 1], 1 / (1 + np.exp(-values)), rtol=1e-10)
    assert_array_equal(network.predict(X), values > 0)


@pytest.mark.parametrize("output", [None, "binary", "softmax"])
@pytest.mark.parametrize("head", [nn.Identity(), nn.Softmax(dim=1)], ids=str)
def test_two_classes_with_an_output_each_are_one_logit(head, output, X):
    logits = build(nn.Linear(4, 6), nn.ELU(), nn.Linear(6, 2))
    network = as_network(nn.Sequential(logits, head), output=output, classes=["no", "yes"])
    expected = torch.softmax(logits(torch.tensor(X)), dim=1).detach().numpy()
    assert_allclose(network.predict_proba(X), expected, rtol=1e-10)
    assert_allclose(network.latent(X), derive(logits, X, 1)[0] - derive(logits, X, 0)[0], rtol=1e-9)
    assert_array_equal(network.classes, ["no", "yes"])


def test_several_sigmoids_are_labels(X):
    module = build(nn.Linear(4, 3), nn.Sigmoid())
    network = as_network(module)
    assert_allclose(network.predict_proba(X), module(torch.tensor(X)).detach().numpy(), rtol=1e-10)
    values, _ = derive(module[:1], X, 2)
    assert_allclose(network.latent(X, 2), values, rtol=1e-10)


@pytest.mark.parametrize("head", [nn.Sigmoid(), nn.Softplus()], ids=str)
def test_a_regressor_may_end_in_an_activation(head, X):
    module = build(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1), head)
    network = as_network(module, output="regression")
    values, gradient = derive(module, X, 0)
    assert_allclose(network.predict(X), values, rtol=1e-8)
    assert_allclose(network.gradient(X), gradient, rtol=1e-8)


def test_a_module_behind_a_scaler_takes_raw_rows(X, differentiate):
    module = build(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1))
    raw = 100 + 5 * X
    scaler = StandardScaler().fit(raw)
    network = as_network(Pipeline([("scale", scaler), ("network", module)]))
    values, gradient = derive(module, scaler.transform(raw), 0)
    assert_allclose(network.latent(raw), values, rtol=1e-9)
    assert_allclose(network.gradient(raw), gradient / scaler.scale_, rtol=1e-9)


def test_single_precision_is_kept(X):
    module = build(nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 1)).float()
    network = as_network(module)
    assert network.weights[0].dtype == np.float32
    values, _ = derive(module.double(), X, 0)
    assert_allclose(network.latent(X), values, rtol=1e-10)
    half = as_network(build(nn.Linear(4, 1)).bfloat16())
    assert half.weights[0].dtype == np.float32


def test_training_goes_on_without_the_network(X):
    module = build(nn.Linear(4, 5), nn.Dropout(0.5), nn.Linear(5, 1)).train()
    network = as_network(module)
    assert module.training
    before = network.latent(X)
    with torch.no_grad():
        module[0].weight += 1
    assert_array_equal(network.latent(X), before)


@pytest.fixture(scope="module")
def experiment():
    return make_wetzel(1, n_samples=500, random_state=0, return_X_y=True)


@pytest.fixture(scope="module")
def paper_module(experiment):
    """Two layers of 1000 ELU units with dropout, on the first experiment (arXiv:2401.04978)."""
    torch.manual_seed(0)
    block = [
        nn.Linear(2, 1000),
        nn.ELU(),
        nn.Dropout(0.2),
        nn.Linear(1000, 1000),
        nn.ELU(),
        nn.Dropout(0.2),
    ]
    module = nn.Sequential(*block, nn.Linear(1000, 1), nn.Sigmoid())
    X, y = (torch.tensor(np.asarray(values), dtype=torch.float32) for values in experiment)
    optimizer = torch.optim.Adam(module.parameters(), lr=1e-3, weight_decay=1e-4)
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy(module(X)[:, 0], y).backward()
        optimizer.step()
    return module.eval()


def test_the_network_of_the_paper_is_read(paper_module, experiment):
    network = as_network(paper_module)
    assert network.hidden_layer_sizes == (1000, 1000)
    X = experiment[0][:100]
    values, gradient = derive(copy.deepcopy(paper_module).double()[:-1], X, 0)
    assert_allclose(network.latent(X), values, rtol=1e-8, atol=1e-10)
    assert_allclose(network.gradient(X), gradient, rtol=1e-8, atol=1e-10)
    assert np.mean(network.predict(experiment[0]) == experiment[1]) > 0.9


class Doubled(nn.Linear):
    def forward(self, rows):
        return 2 * super().forward(rows)


class Whole(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 1)


def hooked():
    module = build(nn.Linear(4, 1))
    module[0].register_forward_hook(lambda layer, inputs, outputs: 2 * outputs)
    return module


class TestWhatCannotBeReadIsRefused:
    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (
                lambda: nn.Sequential(nn.Linear(4, 2), nn.Sequential(nn.Conv1d(1, 1, 1))),
                "Layer '1.0', a Conv1d",
            ),
            (
                lambda: nn.Sequential(nn.Linear(4, 2), nn.LayerNorm(2)),
                "Layer '1', a LayerNorm, cannot be read",
            ),
            (
                lambda: nn.Sequential(nn.Linear(4, 2), nn.Mish()),
                "'1', a Mish, .* activation layers ReLU, Tanh, Sigmoid, .*, GELU, Softmax, LogSoftmax.$",
            ),
            (lambda: nn.Sequential(Doubled(4, 2)), "Layer '0', a Doubled, has a forward of its own"),
            (Whole, "The module, a Whole, cannot be read; use torch.nn.Sequential"),
            (hooked, "Layer '0', a Linear, has hooks"),
            (lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(0)), "Layer '1', a Softmax over rows"),
            (lambda: nn.Sequential(nn.Linear(4, 2), nn.Flatten(0)), "Layer '1', a Flatten of whole"),
            (
                lambda: nn.Sequential(nn.Linear(4, 2), nn.BatchNorm1d(2, track_running_stats=False)),
                "Layer '1', a BatchNorm1d without running statistics",
            ),
            (lambda: nn.Sequential(nn.Linear(4, 2), nn.Softmax(1), nn.Linear(2, 2)), "softmax in the middle"),
            (lambda: nn.Sequential(nn.ReLU(), nn.Linear(4, 2)), "before the first dense layer"),
            (lambda: nn.Sequential(), "without dense layers"),
            (
                lambda: nn.Sequential(nn.Linear(4, 2), nn.Sequential(nn.Softplus(threshold=3.0))),
                r"Layer '1.0', a Softplus that turns into a line from 3.0 on, cannot be read; its threshold",
            ),
        ],
    )
    def test_by_the_name_of_the_layer(self, make, message):
        with pytest.raises(TypeError, match=message):
            as_network(make())

    def test_that_does_not_fit_together(self):
        with pytest.raises(
            ValueError, match="hidden layer 0 gives 3 values, but the output layer takes 4; give"
        ):
            as_network(nn.Sequential(nn.Linear(4, 3), nn.Linear(4, 1)))

    @pytest.mark.parametrize(
        ("layers", "settings", "message"),
        [
            ([nn.Linear(4, 1), nn.ReLU()], {}, "1 output units behind the last layer .values.; say which"),
            ([nn.Linear(4, 1), nn.Softmax(1)], {}, "1 output units behind the last layer .softmax."),
            ([nn.Linear(4, 3)], {"output": "binary"}, "'binary' does not go with 3 output units"),
            ([nn.Linear(4, 1)], {"output": "softmax"}, "'softmax' does not go with 1 output units"),
            ([nn.Linear(4, 3), nn.Sigmoid()], {"output": "softmax"}, "does not go with .*logistic"),
            ([nn.Linear(4, 3), nn.Softmax(1)], {"output": "regression"}, "does not go with .*softmax"),
            ([nn.Linear(4, 1)], {"output": "ranking"}, "'ranking' is unknown; choose from 'binary'"),
            ([nn.Linear(4, 3)], {"classes": [1, 2]}, "classes must hold 3 different labels"),
            ([nn.Linear(4, 2)], {"classes": [1, 1]}, "classes must hold 2 different labels"),
            ([nn.Linear(4, 2)], {"classes": [1, 2], "output": "regression"}, "classes do not go with"),
        ],
    )
    def test_meanings_that_do_not_go_with_the_layers(self, layers, settings, message):
        with pytest.raises(ValueError, match=message):
            as_network(nn.Sequential(*layers), **settings)

    def test_meanings_for_estimators_that_know_them(self, train):
        with pytest.raises(TypeError, match="MLPClassifier knows what its outputs mean"):
            as_network(train("binary"), output="binary")


def test_torch_is_imported_only_when_it_is_there_already():
    code = """
import sys
from sklearn.neural_network import MLPClassifier
from skinterpret.network import as_network
as_network(MLPClassifier((2,), max_iter=500).fit([[0.0], [1.0]], [0, 1]))
print([name for name in ("torch", "keras", "onnx") if name in sys.modules])
"""
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.strip() == "[]"
