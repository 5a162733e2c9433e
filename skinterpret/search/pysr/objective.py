"""The direction loss in Julia, for both ways in which PySR can be made to match directions.

It means what `skinterpret.expressions.kernels.matching` computes: `1 - |Σ w cos| / Σ w`, with one
sign for the whole formula, and infinity where a gradient vanishes, overflows or is not defined.
"""

from __future__ import annotations

from typing import NamedTuple

from skinterpret.expressions.kernels.matching import SMALLEST_SQUARE

LOSS_NAME = "skinterpret_direction_loss"
LARGEST_SQUARE = 1.0 / SMALLEST_SQUARE

# PySR offers no room beside X, y and weights, so the directions stand in globals and y tells the row.
# They are defined once: another definition would compile the objective again for each search.  What is
# not Julia's own is named with its module: the rest of Main is the user's.
OBJECTIVE = f"""
if !isdefined(Main, :{LOSS_NAME})
    const SKINTERPRET_DIRECTIONS = Ref(zeros(Float64, 0, 0))
    const SKINTERPRET_WEIGHTS = Ref(zeros(Float64, 0))

    function {LOSS_NAME}(
        tree, dataset::SymbolicRegression.Dataset{{T,L}}, options
    )::L where {{T,L}}
        # a batch is a view, of which eval_grad_tree_array takes no derivative
        X = Matrix{{T}}(dataset.X)
        found = SymbolicRegression.eval_grad_tree_array(tree, X, options; variable=Val(true))
        _, gradient, complete = found
        complete || return L(Inf)
        directions = SKINTERPRET_DIRECTIONS[]
        weights = SKINTERPRET_WEIGHTS[]
        total = 0.0
        weight = 0.0
        for (column, number) in enumerate(dataset.y)
            row = round(Int, number)
            along = 0.0
            square = 0.0
            for input in axes(gradient, 1)
                along += gradient[input, column] * directions[input, row]
                square += gradient[input, column]^2
            end
            {SMALLEST_SQUARE} < square < {LARGEST_SQUARE} || return L(Inf)
            total += weights[row] * along / sqrt(square)
            weight += weights[row]
        end
        loss = max(1.0 - abs(total) / weight, 0.0)
        return isfinite(loss) ? L(loss) : L(Inf)
    end
end
"""

SET_TABLES = """
(directions, weights) -> begin
    SKINTERPRET_DIRECTIONS[] = Matrix{Float64}(directions)
    SKINTERPRET_WEIGHTS[] = Vector{Float64}(weights)
    nothing
end
"""

# The template's value is the loss itself, the same on every row, so that their mean is the loss.
TEMPLATE_LOSS = "loss(prediction, target) = prediction"
OUT_OF_DOMAIN = ["catch error", "    error isa DomainError || rethrow()", "    NaN * x1", "end"]


class Template(NamedTuple):
    """What PySR's `TemplateExpressionSpec` takes.

    Parameters
    ----------
    combine : str
        Julia source of the template's body.
    expressions : list of str
        Names of the formulas that are searched for.
    variable_names : list of str
        Names of the columns: inputs, their directions, the weight.
    """

    combine: str
    expressions: list[str]
    variable_names: list[str]


def make_template(n_features: int) -> Template:
    """Write the template whose value is the direction loss.

    Parameters
    ----------
    n_features : int
        Number of inputs.

    Returns
    -------
    Template
        The template; its columns are inputs, directions and the weight.

    Examples
    --------
    >>> from skinterpret.search.pysr.objective import make_template
    >>> print(make_template(2).combine)
    try
        g1 = SymbolicRegression.D(f, 1)(x1, x2)
        g2 = SymbolicRegression.D(f, 2)(x1, x2)
        square = g1 * g1 + g2 * g2
        along = g1 * d1 + g2 * d2
        cosine = along / sqrt(square)
        sound = all(1e-200 .< square.x .< 1e+200)
        loss = max(1.0 - abs(sum(w.x .* cosine.x)) / sum(w.x), 0.0)
        0.0 * cosine + (sound ? loss : NaN)
    catch error
        error isa DomainError || rethrow()
        NaN * x1
    end
    """
    numbers = range(1, n_features + 1)
    inputs = ", ".join(f"x{k}" for k in numbers)
    lines = [
        # worker processes know D by this name alone, which the package does not export
        *(f"g{k} = SymbolicRegression.D(f, {k})({inputs})" for k in numbers),
        "square = " + " + ".join(f"g{k} * g{k}" for k in numbers),
        "along = " + " + ".join(f"g{k} * d{k}" for k in numbers),
        "cosine = along / sqrt(square)",
        f"sound = all({SMALLEST_SQUARE} .< square.x .< {LARGEST_SQUARE})",
        "loss = max(1.0 - abs(sum(w.x .* cosine.x)) / sum(w.x), 0.0)",
        # the first term carries the flag that says whether all values are finite
        "0.0 * cosine + (sound ? loss : NaN)",
    ]
    names = [f"{letter}{k}" for letter in "xd" for k in numbers]
    # the derivative of (-2)^x by x is an error where x is whole, which would end the search
    guarded = ["try", *(f"    {line}" for line in lines), *OUT_OF_DOMAIN]
    return Template("\n".join(guarded), ["f"], [*names, "w"])
