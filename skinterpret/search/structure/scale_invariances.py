"""Products of powers through which alone inputs of one sign enter, such as `x0/x1` and `x2/x1`.

A function that does not change when its inputs are multiplied by `c**a_j` has `Σ a_j x_j ∂f/∂x_j = 0`: in
logarithms of the inputs this is an invariant direction (Buckingham's pi theorem).  So the combinations of
logarithms are looked for that linear ones are, and each of these is a product of powers.

Near a function of products are many that scale only almost.  Scaling about another point, with
`Σ (a_j x_j + b_j) ∂f/∂x_j = 0`, is the rival by which such a claim is refuted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import eigh, null_space
from sklearn.preprocessing import normalize

from skinterpret.expressions import Expression
from skinterpret.search.structure.invariances import UNEXPLAINED, invariant_combinations
from skinterpret.search.structure.powers import power_product
from skinterpret.search.structure.rivals import is_refuted, left_by_rivals
from skinterpret.search.structure.sparse_basis import sparse_basis
from skinterpret.search.structure.straight import is_bent, straight_combination
from skinterpret.search.structure.worth import largest_unexplained, left_by_straight_line

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]
Exponents = dict[int, float]

RIDGE = 1e-10
# Of what a true scaling leaves where there is noise, the best one about any point leaves 0.97; of what false
# ones leave that pass all else, 0.1 to 0.9.  Of networks true ones have from 0.2 on, false ones up to 0.7.
LESS = 0.9
EXACT = 1e-9  # share of the squared slopes that rounding errors make


class Scaling(NamedTuple):
    """Products through which a group of inputs enters.

    Attributes
    ----------
    products : list of Expression
        Independent ones through which alone the inputs enter.
    others : list of Expression
        Products and quotients of these that are as simple, and the inverse of each.
    unexplained : float
        Share of the squared gradient by these inputs that is along none of them, on held-back rows.
    """

    products: list[Expression]
    others: list[Expression]
    unexplained: float


def scale_invariances(
    X: Array, directions: Array, held_back: Mask, relevant: list[int], free: list[int]
) -> list[Scaling]:
    """Find products of powers that replace their inputs.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_features)
        Rows.
    directions : ndarray of shape (n_rows, n_features)
        Unit gradients at these rows.
    held_back : ndarray of shape (n_rows,), dtype bool
        Rows on which products must hold that were found on the others.
    relevant : list of int
        Inputs that matter.
    free : list of int
        Those of them that may be in products, where they keep their sign on all rows.

    Returns
    -------
    list of Scaling
        A group of inputs each; inputs occur in one group at most.

    Examples
    --------
    >>> import numpy as np
    >>> from skinterpret.expressions import Expression
    >>> from skinterpret.search.structure.scale_invariances import scale_invariances
    >>> X = np.random.default_rng(0).uniform(0.5, 2, (200, 3))
    >>> gradient = Expression.parse("sin(x0/x1) + x2").gradient(X)
    >>> directions = gradient / np.linalg.norm(gradient, axis=1, keepdims=True)
    >>> held_back = np.arange(200) % 2 == 1
    >>> scale_invariances(X, directions, held_back, [0, 1, 2], [0, 1, 2])[0].products
    [Expression('x0/x1')]
    """
    signed = [j for j in free if (X[:, j] > 0).all() or (X[:, j] < 0).all()]
    if len(signed) < 2:
        return []
    # other inputs as if all had the same spread; these only tell how far gradients turn at all
    factors = X.std(axis=0) * np.ones_like(X)
    factors[:, signed] = X[:, signed]
    slopes = normalize((directions * factors)[:, relevant])
    if signed == relevant:
        straight = straight_combination(slopes[~held_back], slopes[held_back])
        if straight is not None:
            return list(_of_all(X, directions, slopes, held_back, relevant))
    return list(_of_groups(X, directions, slopes, held_back, relevant, signed))


def _of_all(
    X: Array, directions: Array, slopes: Array, held_back: Mask, relevant: list[int]
) -> Iterator[Scaling]:
    """Give the product of all inputs, if directions are its own."""
    found = sparse_basis(slopes[~held_back], 1)
    if found is None:
        return
    exponents = [{relevant[k]: value for k, value in enumerate(found.basis[0].tolist())}]
    if not _are_whole(exponents) or 0 in exponents[0].values():
        return
    left = _left_by(exponents, X[held_back], directions[held_back])
    X, directions = X[:, relevant], directions[:, relevant]
    bent = is_bent(left, left_by_rivals(X, directions, held_back))
    if not bent and not _is_about_another_point(exponents, X, directions):
        yield Scaling(_as_products(exponents), _as_products(_inverses(exponents)), left)


def _of_groups(
    X: Array, directions: Array, slopes: Array, held_back: Mask, relevant: list[int], signed: list[int]
) -> Iterator[Scaling]:
    among = [relevant.index(j) for j in signed]
    straight = min(left_by_straight_line(directions[rows][:, relevant]) for rows in (held_back, ~held_back))
    for entering in invariant_combinations(slopes[~held_back], slopes[held_back], among):
        exponents, others = (
            [{relevant[k]: value for k, value in one.items()} for one in each]
            for each in (entering.combinations, entering.others)
        )
        left = _left_by(exponents, X[held_back], directions[held_back])
        inputs = _inputs_of(exponents)
        own = np.mean(directions[held_back][:, inputs] ** 2, axis=0)
        if not _are_whole(exponents) or left > min(UNEXPLAINED, largest_unexplained(own, straight)):
            continue
        values, by_inputs = X[:, inputs], directions[:, inputs]
        refuted = len(exponents) == 1 and is_refuted(left, left_by_rivals(values, by_inputs, held_back))
        if not refuted and not _is_about_another_point(exponents, values, by_inputs):
            inverses = _inverses([*exponents, *others])
            yield Scaling(_as_products(exponents), _as_products([*others, *inverses]), left)


def _are_whole(exponents: list[Exponents]) -> bool:
    return all(value == round(value) for one in exponents for value in one.values())


def _as_products(exponents: list[Exponents]) -> list[Expression]:
    return [power_product({j: round(value) for j, value in one.items()}) for one in exponents]


def _inverses(exponents: list[Exponents]) -> list[Exponents]:
    return [{j: -value for j, value in one.items()} for one in exponents]


def _inputs_of(exponents: list[Exponents]) -> list[int]:
    return sorted({j for one in exponents for j in one})


def _matrix(exponents: list[Exponents]) -> Array:
    return np.array([[one.get(j, 0.0) for j in _inputs_of(exponents)] for one in exponents])


def _left_by(exponents: list[Exponents], X: Array, directions: Array) -> float:
    """Share of the squared slopes by their inputs that is along the gradient of no product."""
    inputs = _inputs_of(exponents)
    gradients = _matrix(exponents).T / X[:, inputs, None]
    basis = np.linalg.qr(gradients / np.linalg.norm(gradients, axis=1, keepdims=True))[0]
    slopes = directions[:, inputs]
    along = np.einsum("nik,ni->nk", basis, slopes)
    return float(max(1 - np.sum(along**2) / np.sum(slopes**2), 0.0))


def _is_about_another_point(exponents: list[Exponents], values: Array, slopes: Array) -> bool:
    """Tell whether scalings about another point leave less along them than those that are claimed."""
    fields = np.stack([values, np.broadcast_to(values.std(axis=0), values.shape)])
    sizes = np.einsum("n,pnj,qnj->pqj", np.sum(slopes**2, axis=1), fields, fields)
    whole = np.block([[np.diag(sizes[p, q]) for q in (0, 1)] for p in (0, 1)])
    along = np.hstack(list(fields * slopes))
    moment = along.T @ along
    scalings = null_space(_matrix(exponents))
    claim = np.vstack([scalings, np.zeros_like(scalings)])
    claimed = eigh(claim.T @ moment @ claim, claim.T @ whole @ claim, eigvals_only=True)
    ridge = RIDGE * np.trace(whole) / len(whole) * np.eye(len(whole))
    best = eigh(moment, whole + ridge, eigvals_only=True)[: len(claimed)]
    return bool(claimed.mean() > EXACT and best.mean() < LESS * claimed.mean())
