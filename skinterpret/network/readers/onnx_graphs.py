"""Readers of ONNX; imported when an object of ONNX is to be read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
from onnx import numpy_helper

from skinterpret.network.activations import ELU, GELU, LeakyReLU, TanhGELU
from skinterpret.network.readers.registry import read_layers
from skinterpret.network.readers.stacks import LayerStack

LABELLING = ("ArgMax", "ZipMap", "Binarizer")


@read_layers.register(onnx.ModelProto)
def _read_model(model: Any) -> LayerStack:
    return _Walk(model.graph).read()


class _Walk:
    """A walk along the graph, from its input to its logits, values or probabilities."""

    def __init__(self, graph: Any) -> None:
        self.stack = LayerStack()
        self.constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
        self.nodes = [node for node in graph.node if not self._keep_constant(node)]
        self.outputs = {output.name for output in graph.output}
        inputs = [value.name for value in graph.input if value.name not in self.constants]
        if len(inputs) != 1:
            raise TypeError(f"An ONNX graph of {len(inputs)} inputs cannot be read; there must be one.")
        self.at = inputs[0]

    def read(self) -> LayerStack:
        self.stack.labels = self._labels()
        while not self._has_arrived():
            takers = [node for node in self.nodes if self.at in node.input]
            node = takers[0] if len(takers) == 1 else self._joined(takers)
            if node is None or node.op_type not in OPERATORS:
                found = " and ".join(sorted({node.op_type for node in takers})) or "Nothing"
                raise TypeError(
                    f"{found} behind {self.at!r} in the ONNX graph cannot be read; use a chain of Gemm, "
                    f"MatMul and {', '.join(sorted(set(OPERATORS) - {'Gemm', 'MatMul'}))}."
                )
            OPERATORS[node.op_type](self, node)
            self.at = node.output[0]
        return self.stack

    def constant(self, node: Any, position: int) -> Any:
        """Find an input of a node that must be a constant."""
        name = node.input[position]
        if name not in self.constants:
            raise TypeError(
                f"{node.op_type} behind {self.at!r} in the ONNX graph takes {name!r}, no constant."
            )
        return self.constants[name]

    def operand(self, node: Any) -> Any:
        """Find the constant that a node of two inputs takes, as a row."""
        constant = np.atleast_1d(self.constant(node, 1 if node.input[0] == self.at else 0))
        if constant.size not in (1, constant.shape[-1]):
            raise TypeError(f"{node.op_type} behind {self.at!r} in the ONNX graph differs between rows.")
        return constant.ravel()

    def attributes(self, node: Any, **defaults: Any) -> Any:
        """Find the attributes of a node, in the order of the defaults."""
        given = {item.name: onnx.helper.get_attribute_value(item) for item in node.attribute}
        return [given.get(name, default) for name, default in defaults.items()]

    def _keep_constant(self, node: Any) -> bool:
        if node.op_type == "Constant":
            (value,) = self.attributes(node, value=None)
            if value is not None:
                self.constants[node.output[0]] = numpy_helper.to_array(value)
            return True
        if node.op_type == "Identity" and node.input[0] in self.constants:
            self.constants[node.output[0]] = self.constants[node.input[0]]
            return True
        return False

    def _joined(self, takers: list[Any]) -> Any:
        """Find the activation that exporters make of several nodes, and where they come together."""
        kinds = {node.op_type: node for node in takers}
        if len(takers) == 2 and set(kinds) == {"Sigmoid", "Mul"}:
            name, last = "Swish", kinds["Mul"]
            expected = sorted([self.at, kinds["Sigmoid"].output[0]])
        elif len(takers) == 3 and set(kinds) == {"Softplus", "Greater", "Where"}:
            # as torch has it: straight from where a softplus is straight to its precision
            name, last = "Softplus", kinds["Where"]
            expected = sorted([kinds["Greater"].output[0], self.at, kinds["Softplus"].output[0]])
        elif len(takers) == 2 and set(kinds) == {"Div", "Mul"}:
            return self._gelu_by_erf(kinds["Div"])
        else:
            return None
        fits = sorted(last.input) == expected
        return onnx.helper.make_node(name, [self.at], last.output) if fits else None

    def _gelu_by_erf(self, quotient: Any) -> Any:
        """Find where x (1 + erf(x / √2)) / 2 ends, as exporters write a GELU below operator set 20."""
        chain, partners = [quotient], [_partner(quotient, self.at)]
        for kind in ("Erf", "Add", "Mul", "Mul"):
            before = chain[-1].output[0]
            takers = [node for node in self.nodes if before in node.input]
            if len(takers) != 1 or takers[0].op_type != kind:
                return None
            chain.append(takers[0])
            partners.append(_partner(takers[0], before))
        root, _, one, *factors = partners
        if self.at not in factors:
            return None
        factors.remove(self.at)  # the other one of the two products is the half
        numbers = [self.constants.get(name, np.empty(0)) for name in (root, one, *factors)]
        fits = all(number.size == 1 for number in numbers) and np.allclose(
            np.concatenate([number.ravel() for number in numbers]), [np.sqrt(2), 1, 0.5], rtol=1e-6
        )
        return onnx.helper.make_node("Gelu", [self.at], chain[-1].output) if fits else None

    def _has_arrived(self) -> bool:
        """Whether the rest of the graph, if there is one, only makes labels out of probabilities."""
        probabilities = self.stack.softmax or (bool(self.stack.weights) and self.stack.ends_in_logistic)
        takers = [node.op_type for node in self.nodes if self.at in node.input]
        if not takers:
            return self.at in self.outputs
        return probabilities and (len(takers) > 1 or takers[0] in LABELLING)

    def _labels(self) -> Any:
        """Find class labels where a converter has put them."""
        for node in self.nodes:
            if node.op_type == "ArrayFeatureExtractor" and node.input[0] in self.constants:
                labels = self.constants[node.input[0]].ravel().tolist()
                return [label.decode() if isinstance(label, bytes) else label for label in labels]
        return None


def _partner(node: Any, name: str) -> str:
    """Name what a node takes beside an input; empty if that is nothing."""
    return next((other for other in node.input if other != name), "")


def _gemm(walk: _Walk, node: Any) -> None:
    alpha, beta, rows_turned, turned = walk.attributes(node, alpha=1.0, beta=1.0, transA=0, transB=0)
    if rows_turned or node.input[0] != walk.at:
        raise TypeError(f"Gemm behind {walk.at!r} in the ONNX graph does not multiply rows by a matrix.")
    weight = walk.constant(node, 1)
    bias = walk.constant(node, 2).ravel() if len(node.input) > 2 else np.zeros(1, weight.dtype)
    weight = (weight.T if turned else weight) * np.asarray(alpha, weight.dtype)
    walk.stack.add_dense(weight, np.broadcast_to(bias, weight.shape[1]) * np.asarray(beta, weight.dtype))


def _matmul(walk: _Walk, node: Any) -> None:
    if node.input[0] != walk.at:
        raise TypeError(f"MatMul behind {walk.at!r} in the ONNX graph does not multiply rows by a matrix.")
    walk.stack.add_dense(walk.constant(node, 1))


def _add(walk: _Walk, node: Any) -> None:
    walk.stack.add_scaling(0.0, 1.0, walk.operand(node))


def _subtract(walk: _Walk, node: Any) -> None:
    constant = walk.operand(node)
    if node.input[0] == walk.at:
        walk.stack.add_scaling(constant, 1.0, 0.0)
    else:
        walk.stack.add_scaling(0.0, -1.0, constant)


def _multiply(walk: _Walk, node: Any) -> None:
    walk.stack.add_scaling(0.0, walk.operand(node), 0.0)


def _divide(walk: _Walk, node: Any) -> None:
    if node.input[0] != walk.at:
        raise TypeError(f"Div behind {walk.at!r} in the ONNX graph divides by what is computed.")
    walk.stack.add_scaling(0.0, 1 / walk.operand(node).astype(float), 0.0)


def _scale(walk: _Walk, node: Any) -> None:
    offset, factor = walk.attributes(node, offset=[0.0], scale=[1.0])
    walk.stack.add_scaling(offset, factor, 0.0)


def _batch_norm(walk: _Walk, node: Any) -> None:
    (epsilon,) = walk.attributes(node, epsilon=1e-5)
    gamma, beta, mean, variance = (walk.constant(node, position) for position in range(1, 5))
    walk.stack.add_scaling(mean, gamma / np.sqrt(variance.astype(float) + epsilon), beta)


def _softmax(walk: _Walk, node: Any) -> None:
    if walk.attributes(node, axis=-1)[0] not in (1, -1):
        raise TypeError(f"{node.op_type} behind {walk.at!r} in the ONNX graph is over rows.")
    walk.stack.add_softmax()


def _elu(walk: _Walk, node: Any) -> None:
    walk.stack.add_activation(ELU(*walk.attributes(node, alpha=1.0)))


def _selu(walk: _Walk, node: Any) -> None:
    alpha, gamma = walk.attributes(node, alpha=1.6732632423543772, gamma=1.0507009873554805)
    walk.stack.add_activation(ELU(alpha, gamma))


def _leaky_relu(walk: _Walk, node: Any) -> None:
    walk.stack.add_activation(LeakyReLU(*walk.attributes(node, alpha=0.01)))


def _gelu(walk: _Walk, node: Any) -> None:
    approximate = walk.attributes(node, approximate=b"none")[0]
    walk.stack.add_activation(TanhGELU() if approximate == b"tanh" else GELU())


def _nothing(walk: _Walk, node: Any) -> None:
    """Pass over what leaves the numbers as they are."""


def _cast(walk: _Walk, node: Any) -> None:
    kind = onnx.TensorProto.DataType.Name(walk.attributes(node, to=0)[0])
    if "FLOAT" not in kind and kind != "DOUBLE":
        raise TypeError(f"Cast behind {walk.at!r} in the ONNX graph rounds to {kind}.")


def _flatten(walk: _Walk, node: Any) -> None:
    if walk.attributes(node, axis=1)[0] not in (1, -1):
        raise TypeError(f"Flatten behind {walk.at!r} in the ONNX graph mixes rows.")


def _reshape(walk: _Walk, node: Any) -> None:
    """Pass over a shape that leaves rows apart."""
    shape = walk.constant(node, 1).tolist()
    width = walk.stack.n_units if walk.stack.weights else None
    if shape[-1] != width and not (width == 1 and shape == [-1]):
        raise TypeError(f"Reshape behind {walk.at!r} in the ONNX graph mixes rows.")


def _named(activation: str) -> Callable[[_Walk, Any], None]:
    return lambda walk, node: walk.stack.add_activation(activation)


OPERATORS: dict[str, Callable[[_Walk, Any], None]] = {
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Sub": _subtract,
    "Mul": _multiply,
    "Div": _divide,
    "Scaler": _scale,
    "BatchNormalization": _batch_norm,
    "Softmax": _softmax,
    "LogSoftmax": _softmax,
    "Elu": _elu,
    "Selu": _selu,
    "LeakyRelu": _leaky_relu,
    "Gelu": _gelu,
    "Swish": _named("silu"),
    "Relu": _named("relu"),
    "Sigmoid": _named("logistic"),
    "Tanh": _named("tanh"),
    "Softplus": _named("softplus"),
    "Cast": _cast,
    "Dropout": _nothing,
    "Flatten": _flatten,
    "Identity": _nothing,
    "Reshape": _reshape,
}
