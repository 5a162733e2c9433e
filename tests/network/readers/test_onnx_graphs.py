import inspect
import io
import warnings

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skinterpret.network import as_network

onnx = pytest.importorskip("onnx")
runtime = pytest.importorskip("onnxruntime")
helper = onnx.helper

CLOSE = {"rtol": 1e-4, "atol": 1e-5}  # exported networks calculate in single precision


def run(model, X, output=0):
    session = runtime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: X.astype(np.float32)})[output]


def check_gradient(network, X, target, differentiate):
    expected = differentiate(lambda rows: network.latent(rows, target), X)
    assert_allclose(network.gradient(X, target), expected, rtol=1e-6, atol=1e-7)


def graph(nodes, constants, n_outputs=3, opset=20):
    """A graph from x to y, of nodes (operator, inputs, output, attributes)."""
    made = [helper.make_node(kind, inputs, [output], **more) for kind, inputs, output, more in nodes]
    tensors = [onnx.numpy_helper.from_array(np.asarray(v, np.float32), name) for name, v in constants.items()]
    rows = [helper.make_tensor_value_info(n, 1, ["n", size]) for n, size in (("x", 4), ("y", n_outputs))]
    whole = helper.make_graph(made, "graph", rows[:1], rows[1:], tensors)
    model = helper.make_model(whole, opset_imports=[helper.make_opsetid("", opset)], ir_version=10)
    onnx.checker.check_model(model)
    return model


RNG = np.random.default_rng(0)
CONSTANTS = {
    "w": RNG.normal(size=(4, 5)),
    "turned": RNG.normal(size=(5, 4)),
    "b": RNG.normal(size=5),
    "wide": RNG.normal(size=(1, 5)),
    "last": RNG.normal(size=(5, 3)),
    "four": RNG.normal(size=4),
    "positive": RNG.uniform(1, 2, size=5),
    "two": 2.0,
}
PARTS = {
    "gemm": [("Gemm", ["x", "turned", "b"], "h", {"transB": 1, "alpha": 0.5, "beta": 2.0})],
    "gemm without bias": [("Gemm", ["x", "w"], "h", {})],
    "product and sum": [("MatMul", ["x", "w"], "m", {}), ("Add", ["b", "m"], "h", {})],
    "wide sum": [("MatMul", ["x", "w"], "m", {}), ("Add", ["m", "wide"], "h", {})],
    "differences": [
        ("Sub", ["x", "four"], "m", {}),
        ("MatMul", ["m", "w"], "k", {}),
        ("Sub", ["b", "k"], "h", {}),
    ],
    "factors": [
        ("Mul", ["two", "x"], "m", {}),
        ("MatMul", ["m", "w"], "k", {}),
        ("Div", ["k", "positive"], "h", {}),
    ],
    "normalised": [
        ("MatMul", ["x", "w"], "m", {}),
        ("BatchNormalization", ["m", "b", "wide", "b", "positive"], "h", {"epsilon": 0.1}),
    ],
    "passed over": [
        ("Identity", ["w"], "same", {}),
        ("Flatten", ["x"], "f", {"axis": 1}),
        ("Dropout", ["f"], "d", {}),
        ("Cast", ["d"], "c", {"to": 1}),
        ("MatMul", ["c", "same"], "h", {}),
    ],
}
ACTIVATIONS = [
    ("Relu", {}),
    ("Sigmoid", {}),
    ("Tanh", {}),
    ("Softplus", {}),
    ("Elu", {"alpha": 0.5}),
    ("Selu", {}),
    ("Selu", {"alpha": 1.5, "gamma": 2.0}),
    ("LeakyRelu", {"alpha": 0.2}),
    ("Gelu", {}),
    ("Gelu", {"approximate": "tanh"}),
]


class TestGraphsAreReadAsTheRuntimeRunsThem:
    @pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
    def test_layers(self, part, X, differentiate):
        constants = CONSTANTS | {"wide": CONSTANTS["wide"][0]} if len(part[-1][1]) == 5 else CONSTANTS
        model = graph([*part, ("Tanh", ["h"], "a", {}), ("MatMul", ["a", "last"], "y", {})], constants)
        self.check(model, X, differentiate)

    @pytest.mark.parametrize(("kind", "settings"), ACTIVATIONS, ids=str)
    def test_activations(self, kind, settings, X, differentiate):
        nodes = [
            ("MatMul", ["x", "w"], "h", {}),
            (kind, ["h"], "a", settings),
            ("MatMul", ["a", "last"], "y", {}),
        ]
        self.check(graph(nodes, CONSTANTS), X, differentiate)

    def check(self, model, X, differentiate):
        network = as_network(model, output="regression")
        assert_allclose(network.predict(X), run(model, X), **CLOSE)
        for unit in range(3):
            check_gradient(network, X + 1e-3, unit, differentiate)


def gelu_by_erf(halved_first, half="half"):
    products = [("Mul", ["one plus", "h"], "m", {}), ("Mul", ["m", half], "g", {})]
    if halved_first:
        products = [("Mul", [half, "one plus"], "m", {}), ("Mul", ["h", "m"], "g", {})]
    return graph(
        [
            ("Gemm", ["x", "w", "b"], "h", {}),
            ("Div", ["h", "root"], "d", {}),
            ("Erf", ["d"], "e", {}),
            ("Add", ["e", "one"], "one plus", {}),
            *products,
            ("MatMul", ["g", "last"], "y", {}),
        ],
        CONSTANTS | {"root": np.sqrt(2), "one": 1.0, "half": 0.5},
        opset=17,
    )


@pytest.mark.parametrize("halved_first", [False, True])
def test_a_gelu_in_parts_is_one(halved_first, X, differentiate):
    model = gelu_by_erf(halved_first)
    network = as_network(model, output="regression")
    assert_allclose(network.predict(X), run(model, X), **CLOSE)
    check_gradient(network, X, 0, differentiate)


def test_what_only_looks_like_the_parts_of_a_gelu_is_refused():
    with pytest.raises(TypeError, match="Div and Mul behind 'h'"):
        as_network(gelu_by_erf(False, half="two"))


def test_a_softmax_gives_the_probabilities_of_the_classes(X):
    model = graph([("Gemm", ["x", "w", "b"], "h", {}), ("Softmax", ["h"], "y", {})], CONSTANTS, 5)
    assert_allclose(as_network(model).predict_proba(X), run(model, X), **CLOSE)


class TestWhatTorchExports:
    @pytest.fixture(params=[False, True], ids=["tracing", "dynamo"])
    def export(self, request):
        torch = pytest.importorskip("torch")
        has_both = "dynamo" in inspect.signature(torch.onnx.export).parameters
        if request.param:
            pytest.importorskip("onnxscript")
            if not has_both:
                pytest.skip("needs torch 2.5")

        def export(module):
            file = io.BytesIO()
            rows = (torch.zeros(2, 4),)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                if request.param:
                    return torch.onnx.export(module, rows, dynamo=True, verbose=False).model_proto
                tracing = {"dynamo": False, "opset_version": 20} if has_both else {"opset_version": 17}
                torch.onnx.export(module, rows, file, **tracing)
            return onnx.load_from_string(file.getvalue())

        return export

    def test_is_read_as_the_module_itself(self, export, X):
        nn = pytest.importorskip("torch.nn")
        layers = [
            nn.BatchNorm1d(4),
            nn.Linear(4, 6),
            nn.ELU(0.5),
            nn.Dropout(0.2),
            nn.Linear(6, 6),
            nn.SiLU(),
        ]
        more = [nn.BatchNorm1d(6), nn.Linear(6, 6), nn.GELU(), nn.Linear(6, 6), nn.Softplus(), nn.Flatten()]
        module = nn.Sequential(
            *layers, *more, nn.Linear(6, 5), nn.LeakyReLU(), nn.Linear(5, 3), nn.LogSoftmax(1)
        )
        module.eval()
        ours, theirs = as_network(export(module)), as_network(module)
        assert ours.hidden_layer_sizes == theirs.hidden_layer_sizes
        for target in (0, 1, 2, ("hidden", 1, 3)):
            assert_allclose(ours.latent(X, target), theirs.latent(X, target), **CLOSE)
            assert_allclose(ours.gradient(X, target), theirs.gradient(X, target), **CLOSE)


class TestWhatSkl2onnxConverts:
    @pytest.mark.parametrize("kind", ["binary", "softmax", "multilabel", "regression"])
    @pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
    def test_is_read_as_the_estimator_itself(self, kind, activation, train, X):
        skl2onnx = pytest.importorskip("skl2onnx")
        estimator = make_pipeline(StandardScaler().fit(X), train(kind, activation))
        model = skl2onnx.to_onnx(estimator, X[:1].astype(np.float32))
        output = "regression" if kind == "regression" else None
        ours, theirs = as_network(model, output=output), as_network(estimator)
        if output is None:
            assert_array_equal(ours.predict(X), theirs.predict(X))
        targets = {"binary": ["yes"], "softmax": [0, 10, 20], "regression": [0]}.get(kind, [0, 1])
        for target in (*targets, ("hidden", 0, 2)):
            assert_allclose(ours.latent(X, target), theirs.latent(X, target), **CLOSE)
            assert_allclose(ours.gradient(X, target), theirs.gradient(X, target), **CLOSE)

    def test_several_outputs_in_one_column_are_refused(self, train, X):
        skl2onnx = pytest.importorskip("skl2onnx")
        model = skl2onnx.to_onnx(train("multioutput"), X[:1].astype(np.float32))
        with pytest.raises(TypeError, match="Reshape behind .* mixes rows"):
            as_network(model, output="regression")


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            [("MatMul", ["x", "w"], "h", {}), ("Sin", ["h"], "y", {})],
            "Sin behind 'h' in the ONNX graph cannot",
        ),
        ([("MatMul", ["x", "w"], "h", {}), ("Cast", ["h"], "y", {"to": 7})], "Cast behind 'h' .* to INT64"),
        (
            [("Flatten", ["x"], "h", {"axis": 0}), ("MatMul", ["h", "w"], "y", {})],
            "Flatten behind 'x' .* mixes",
        ),
        ([("MatMul", ["x", "w"], "h", {}), ("Add", ["h", "h"], "y", {})], "Add behind 'h' .* no constant"),
        (
            [("MatMul", ["x", "w"], "h", {}), ("Tanh", ["h"], "t", {}), ("Mul", ["h", "t"], "y", {})],
            "Mul and Tanh behind 'h' in the ONNX graph cannot be read",
        ),
        (
            [("MatMul", ["x", "w"], "h", {}), ("Softmax", ["h"], "y", {"axis": 0})],
            "Softmax behind 'h' .* over rows",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_by_its_place(nodes, message):
    with pytest.raises(TypeError, match=message):
        as_network(graph(nodes, CONSTANTS, 5))
