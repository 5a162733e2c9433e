"""Warnings name the user's line, whatever lies between it and the line that warns."""

import linecache
from functools import partial

import pytest

from skinterpret._user_line import warn_user


def called_in(module, function):
    """A function of a module that calls another one."""
    space = {"__name__": module, "function": function}
    exec("def call(): function()", space)
    return space["call"]


@pytest.mark.parametrize(
    "modules",
    [
        [],
        ["skinterpret.surrogates.symbolic"],
        ["skinterpret.surrogates.answers.telling", "skinterpret.surrogates.symbolic", "sklearn.base"],
        ["skinterpret", "sklearn.pipeline", "joblib.parallel", "sklearn.model_selection"],
    ],
)
def test_calls_within_the_package_and_scikit_learn_are_skipped(modules):
    function = partial(warn_user, "No closed form.", UserWarning)
    for module in modules:
        function = called_in(module, function)
    with pytest.warns(UserWarning, match="No closed form") as heard:
        function()  # the user's line
    (warning,) = heard
    assert warning.filename == __file__
    assert linecache.getline(warning.filename, warning.lineno).strip() == "function()  # the user's line"


def test_other_packages_with_such_a_name_are_the_users():
    function = called_in("sklearn_extra.cluster", partial(warn_user, "!", UserWarning))
    with pytest.warns(UserWarning, match="!") as heard:
        function()
    assert heard[0].filename == "<string>"
