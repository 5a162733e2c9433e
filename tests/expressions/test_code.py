"""Source text of a formula, judged by running it."""

import ctypes
import math
import shutil
import sqlite3
import subprocess

import numpy as np
import pytest
import sympy

from skinterpret.expressions import Expression
from skinterpret.expressions.code import numpy_function, write_code

NAMES = ["petal length (cm)", "int", "exp", 'a "b"', "x"]
FORMULAS = [
    "x0**2 + 2*x1**2",
    "x0*exp(-0.5*(x1**2 + x2**2))",
    "-x0**2/(x1 - x3) + 0.25",
    "sin(x0)*cos(x1)**3 - log(x2 + 1)/sqrt(x3 + 4)",
    "tanh(x0) - abs(x1 - x4)**1.5 + inv(x2 + 3)",
    "3.141592653589793*x0 - exp(x1 - x2)",
    "-(x0 + x1)*(x2 - x3)",
    f"{math.pi / 2}*x0 - {math.sqrt(2)}*x1 + {math.e}*x2/(x3 + {1 / 3})",
]
X = np.round(np.random.default_rng(0).uniform(0.3, 3, (6, 5)), 3)


@pytest.mark.parametrize("text", FORMULAS)
def test_python(text):
    expression = Expression.parse(text)
    space = {}
    exec(write_code(expression.to_sympy(NAMES), NAMES, "python"), space)
    np.testing.assert_allclose([space["formula"](*row) for row in X], expression(X), rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    ["exp(x0)", "x1 - exp(x0)", "x1/(exp(x0) + 1)", "(2 - exp(x0))**3", "(x1 - exp(x0))**2", "exp(-exp(x0))"],
)
@pytest.mark.parametrize("exponent", [500.0, 800.0])
def test_what_is_too_large_for_a_number_is_infinite_in_python_too(text, exponent):
    expression = Expression.parse(text)
    space = {}
    exec(write_code(expression.to_sympy(["exponential", "power"]), ["exponential", "power"], "python"), space)
    assert space["formula"](exponent, 2.0) == expression([[exponent, 2.0]])[0]


@pytest.mark.parametrize("language", ["python", "numpy"])
def test_letters_of_all_scripts_stay_in_python(language):
    names = ["α", "β", "température", "größe", "x²", "x2", "1é", "ﬁber", "Δ t"]
    text = write_code(sympy.Add(*map(sympy.Symbol, names)), names, language)
    assert "def formula(α, β, température, größe, x2, x2_2, x_1é, fiber, Δ_t):" in text
    space = {}
    exec(text, space)
    assert space["formula"](*range(9)) == 36
    assert numpy_function(sympy.Add(*map(sympy.Symbol, names)), names)(*range(9)) == 36


def test_names_in_c_are_of_ascii_letters():
    assert "double formula(double _, double temp_rature)" in write_code(
        sympy.Symbol("α") + sympy.Symbol("température"), ["α", "température"], "c"
    )


POWERS = ["x0**2", "-x0**3", "x1/x0**2", "x0**2.5 + x1", "x0*x1**2", "(x0 - x1)**2 + x1**2", "1/(x0 + x1)**3"]


@pytest.mark.parametrize("text", POWERS)
@pytest.mark.parametrize("value", [1e200, -1e200, 1e-200, -1e-200, 3.0, -3.0])
def test_powers_of_inputs_are_infinite_where_they_are_too_large(text, value):
    expression = Expression.parse(text)
    space = {}
    exec(write_code(expression.to_sympy(["a", "b"]), ["a", "b"], "python"), space)
    with np.errstate(all="ignore"):
        wanted = expression([[value, 2.0]])[0]
    if text == "x1/x0**2" and abs(value) < 1:
        with pytest.raises(ZeroDivisionError):  # undefined: the square is too small for a number
            space["formula"](value, 2.0)
    else:
        np.testing.assert_allclose(space["formula"](value, 2.0), wanted, rtol=1e-12)


@pytest.mark.parametrize(("exponent", "wanted"), [(-2, math.inf), (-3, -math.inf)])
def test_negative_powers_of_small_inputs_are_infinite_too(exponent, wanted):
    space = {}
    exec(write_code(sympy.Symbol("a") ** exponent, ["a"], "python"), space)
    assert space["formula"](-1e-200) == wanted


@pytest.mark.parametrize("text", FORMULAS)
def test_numpy(text):
    expression = Expression.parse(text)
    formula = expression.to_sympy(NAMES)
    space = {}
    exec(write_code(formula, NAMES, "numpy"), space)
    np.testing.assert_allclose(space["formula"](*X.T), expression(X), rtol=1e-12)
    np.testing.assert_allclose(numpy_function(formula, NAMES)(*X.T), expression(X), rtol=1e-12)


@pytest.mark.skipif(shutil.which("gcc") is None, reason="there is no C compiler")
def test_c(tmp_path):
    for number, text in enumerate(FORMULAS):
        expression = Expression.parse(text)
        source, library = tmp_path / f"{number}.c", tmp_path / f"{number}.so"
        source.write_text(write_code(expression.to_sympy(NAMES), NAMES, "c"))
        command = ["gcc", "-std=c99", "-Wall", "-Werror", "-shared", "-fPIC", "-o", library, source, "-lm"]
        subprocess.run(command, check=True)
        function = ctypes.CDLL(str(library)).formula
        function.restype, function.argtypes = ctypes.c_double, [ctypes.c_double] * len(NAMES)
        np.testing.assert_allclose([function(*row) for row in X], expression(X), rtol=1e-12)


@pytest.mark.parametrize("text", FORMULAS)
def test_sql(text):
    expression = Expression.parse(text)
    with sqlite3.connect(":memory:") as database:
        for name, function in [("POWER", np.power), ("EXP", np.exp), ("LN", np.log), ("TANH", np.tanh)]:
            database.create_function(name, -1, lambda *a, function=function: float(function(*a)))
        for name, function in [("SIN", np.sin), ("COS", np.cos)]:
            database.create_function(name, 1, lambda a, function=function: float(function(a)))
        columns = ", ".join('"' + name.replace('"', '""') + '"' for name in NAMES)
        database.execute(f"CREATE TABLE rows ({columns})")
        database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?, ?)", X.tolist())
        code = write_code(expression.to_sympy(NAMES), NAMES, "sql")
        values = [row[0] for row in database.execute(f"SELECT {code} FROM rows")]
    np.testing.assert_allclose(values, expression(X), rtol=1e-12)


SITES = ["it's", 'the "south"', None, True, 7, 2.5]


@pytest.mark.parametrize("site", SITES)
def test_sql_asks_the_raw_column_of_a_category(site):
    names = ["age", *(f"site_{k}" for k in range(len(SITES)))]
    formula = Expression.parse("x0 - x1 + 2*x2 - 3*x3 + 4*x4 + 5*x5/x0 + 6*x6").to_sympy(names)
    code = write_code(formula, names, "sql", {"the site": {value: k + 1 for k, value in enumerate(SITES)}})
    with sqlite3.connect(":memory:") as database:
        database.create_function("POWER", 2, lambda a, b: float(a) ** b)
        database.execute('CREATE TABLE rows (age, "the site")')
        database.execute("INSERT INTO rows VALUES (8, ?)", [site])
        value = database.execute(f"SELECT {code} FROM rows").fetchone()[0]
    assert value == 8 + [-1, 2, -3, 4, 5 / 8, 6][SITES.index(site)]


def test_sql_asks_for_all_categories_that_share_an_input():
    a = Expression.parse("x0").to_sympy(["rare"])
    code = write_code(a, ["rare"], "sql", {"site": {"A": 0, "B": None, "C": 0}})
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE rows (site)")
        database.executemany("INSERT INTO rows VALUES (?)", ["A", "B", "C"])
        assert database.execute(f"SELECT {code} FROM rows").fetchall() == [(1,), (0,), (1,)]


def test_whole_numbers_in_a_table_are_divided_exactly():
    code = write_code(Expression.parse("x0/x1").to_sympy(["a", "b"]), ["a", "b"], "sql")
    with sqlite3.connect(":memory:") as database:
        database.create_function("POWER", 2, lambda a, b: float(a) ** b)
        assert database.execute(f"SELECT {code} FROM (SELECT 1 AS a, 2 AS b)").fetchone() == (0.5,)


def test_excel_refers_to_cells_by_the_order_of_the_inputs():
    code = write_code(Expression.parse("x0**2 - 2*x27").to_sympy(), [f"x{j}" for j in range(28)], "excel")
    assert code == "=POWER(A2, 2.0) - 2.0*AB2"


def test_an_unknown_language_is_named():
    with pytest.raises(ValueError, match="'fortran'; choose from: python, numpy, c, sql, excel"):
        write_code(Expression.parse("x0").to_sympy(), ["x0"], "fortran")


def test_latex_has_a_method_of_its_own():
    with pytest.raises(ValueError, match=r"'LaTeX' is no language of to_code; use to_latex\(\)"):
        write_code(Expression.parse("x0").to_sympy(), ["x0"], "LaTeX")


@pytest.mark.parametrize("language", ["python", "numpy", "c", "sql", "excel"])
def test_what_is_defined_nowhere_is_not_written(language):
    formula = Expression.parse("x0 + 1/(x1 - x1)").to_sympy()
    with pytest.raises(ValueError, match="defined nowhere, since it divides by 0"):
        write_code(formula, ["x0", "x1"], language)
