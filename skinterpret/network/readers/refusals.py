"""What to pass in place of things that hold a network and are none."""

from __future__ import annotations

from os import PathLike, fspath
from pathlib import PurePath
from typing import Any

from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import TransformedTargetRegressor

SEARCHED = "fit it first and pass its .best_estimator_, in a FrozenEstimator"
INNER = {
    TransformedTargetRegressor: (
        "fit it first and pass its .regressor_, which gives the transformed target, in a FrozenEstimator"
    ),
    CalibratedClassifierCV: (
        "pass the classifier that it calibrates, which is its .estimator, or once it is fitted its "
        ".calibrated_classifiers_[0].estimator in a FrozenEstimator"
    ),
}
LOADERS = {
    ".onnx": "onnx.load",
    ".keras": "keras.models.load_model",
    ".h5": "keras.models.load_model",
    ".pt": "torch.load",
    ".pth": "torch.load",
    ".joblib": "joblib.load",
    ".pkl": "joblib.load",
}


def mend_for(value: Any) -> str | None:
    """Say what to pass in place of something that `as_network` cannot read.

    Parameters
    ----------
    value : object
        What was passed.

    Returns
    -------
    str or None
        The second half of a sentence; None where nothing is known of it.

    Examples
    --------
    >>> from skinterpret.network.readers.refusals import mend_for
    >>> mend_for("model.onnx")
    "load the file first with onnx.load('model.onnx')"
    """
    if isinstance(value, str | PathLike):
        path = fspath(value)
        loader = LOADERS.get(PurePath(str(path)).suffix.lower())
        return None if loader is None else f"load the file first with {loader}({path!r})"
    # scikit-learn's have no public family, and other packages have their own
    if type(value).__name__.endswith("SearchCV"):
        return SEARCHED
    return next((mend for kind, mend in INNER.items() if isinstance(value, kind)), None)
