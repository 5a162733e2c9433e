"""Source text of a formula, judged by running it."""

import ctypes
import math
import shutil
import sqlite3
import subprocess

import numpy as np
import pandas as pd
import pytest
import sympy

from skinterpret.expressions import Expression
from skinterpret.expressions.code import LANGUAGES, numpy_function, write_code
from tests.expressions.spreadsheet import excel

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
    np.testing.assert_allclose(space["formula"](value, 2.0), wanted, rtol=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "log(x0) + x1",
        "sqrt(x0) - x1",
        "x1/sqrt(x0)",
        "inv(x0) + x1",
        "x1 - 2/x0",
        "x1*x0**-2.0 + x1",
        "x1/(x0*(x0 - x1))",
        "abs(x0)**-1.5 - x1",
        "x0**0.5*x1",
        "log(x0)/x0",
        "sin(inv(x0)) + cos(x1/x0)",
        "sin(exp(x0)) + x1",
        "tanh(log(x0)) + x1",
        "exp(-1.0/x0**2) + x1",
    ],
)
@pytest.mark.parametrize("value", [-2.0, -1.0, 0.0, -0.0, 0.5, 1.0, 3.0, 800.0, 1e-200])
def test_python_gives_what_numpy_gives_where_a_formula_is_not_defined(text, value):
    expression = Expression.parse(text)
    space = {}
    exec(write_code(expression.to_sympy(["a", "b"]), ["a", "b"], "python"), space)
    with np.errstate(all="ignore"):
        wanted = numpy_function(expression.to_sympy(["a", "b"]), ["a", "b"])(*np.array([[value], [1.0]]))
    np.testing.assert_allclose(space["formula"](value, 1.0), wanted[0], rtol=1e-12)
    assert np.isfinite(wanted[0]) == np.isfinite(expression([[value, 1.0]])[0])


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


COLUMNS = ['say "hi"', "u", "flag", "O'Brien"]
KNOWN = {
    "O'Brien": {"O'Brien": 0, 'say "hi"': 1, "r{2}": 1, "B": None},
    "flag": {True: 2, False: None},
    'say "hi"': {2: 4, 2.5: None},
}
INPUTS = ["O'Brien_O'Brien", "O'Brien_infrequent", "flag_True", "u", 'say "hi"_2']
TABLE = [
    [2, 0.5, True, "O'Brien"],
    [2.5, 1.5, False, 'say "hi"'],
    [2.0, -1.0, False, "r{2}"],
    [2.5, 3.0, True, "B"],
    [2.5, 3.0, False, "o'brien"],
]
INDICATED = [[1, 0, 1, 0.5, 1], [0, 1, 0, 1.5, 0], [0, 1, 0, -1, 1], [0, 0, 1, 3, 0], [0, 0, 0, 3, 0]]
OF_CATEGORIES = Expression.parse("-x0 + 3*x1*x3 - exp(x2*x4)/(2 - x1)**2 + (x3 - x4)**3 - x2")


def table_code(language, categories=KNOWN):
    return write_code(OF_CATEGORIES.to_sympy(INPUTS), INPUTS, language, categories, COLUMNS)


def test_python_takes_raw_columns_in_their_order():
    space = {}
    exec(table_code("python"), space)
    values = [space["formula"](*row) for row in TABLE]
    np.testing.assert_allclose(values, OF_CATEGORIES(INDICATED), rtol=1e-12)


@pytest.mark.parametrize("column", [np.asarray, pd.Series])
def test_numpy_takes_raw_columns_in_their_order(column):
    space = {}
    exec(table_code("numpy"), space)
    plain = numpy_function(OF_CATEGORIES.to_sympy(INPUTS), INPUTS, KNOWN, COLUMNS)
    columns = [column(list(values)) for values in zip(*TABLE, strict=True)]
    np.testing.assert_allclose(space["formula"](*columns), OF_CATEGORIES(INDICATED), rtol=1e-12)
    np.testing.assert_allclose(plain(*columns), OF_CATEGORIES(INDICATED), rtol=1e-12)


def test_sql_finds_raw_columns_by_name():
    with sqlite3.connect(":memory:") as database:
        database.create_function("POWER", 2, lambda a, b: float(a) ** b)
        database.create_function("EXP", 1, math.exp)
        database.execute('''CREATE TABLE rows ("say ""hi""", u, flag, "O'Brien")''')
        database.executemany("INSERT INTO rows VALUES (?, ?, ?, ?)", TABLE)
        values = [value for (value,) in database.execute(f"SELECT {table_code('sql')} FROM rows")]
    np.testing.assert_allclose(values, OF_CATEGORIES(INDICATED), rtol=1e-12)


def test_excel_asks_the_cells_of_raw_columns():
    code = table_code("excel")
    assert 'IF(OR(D2="say ""hi""", D2="r{2}"), 1.0, 0.0)' in code
    # = does not tell o'brien from O'Brien, and in this table there is no need to
    np.testing.assert_allclose(
        [excel(code, row) for row in TABLE[:4]], OF_CATEGORIES(INDICATED[:4]), rtol=1e-12
    )


def test_excel_tells_categories_apart_that_differ_by_capitals_only():
    code = table_code("excel", KNOWN | {"O'Brien": {"O'Brien": 0, "o'brien": None, 'say "hi"': 1, "r{2}": 1}})
    rows = [0, 1, 2, 4]
    np.testing.assert_allclose(
        [excel(code, TABLE[row]) for row in rows], OF_CATEGORIES(INDICATED)[rows], rtol=1e-12
    )


def test_c_takes_indicators_and_says_what_they_are():
    code = table_code("c")
    assert "double formula(double O_Brien_O_Brien, double O_Brien_infrequent, double flag_True," in code
    assert """// O_Brien_O_Brien: 1 where "O'Brien" is "O'Brien", else 0""" in code
    assert "// flag_True: 1 where 'flag' is True, else 0" in code


@pytest.mark.parametrize("language", ["python", "numpy", "excel"])
@pytest.mark.parametrize("missing", [None, math.nan])
def test_missing_values_may_be_a_category(language, missing):
    code = write_code(sympy.Symbol("a") + 2 * sympy.Symbol("b"), ["a", "b"], language, {"u": {0: 0, None: 1}})
    if language == "excel":
        values = [excel(code, [value]) for value in (0, None, 1)]
    else:
        space = {}
        exec(code, space)
        column = np.array([0, missing, 1], dtype=object)
        values = list(map(space["formula"], column)) if language == "python" else space["formula"](column)
    np.testing.assert_array_equal(values, [1, 2, 0])


def test_what_no_raw_column_stands_for_is_asked_behind_the_others():
    formula = sympy.Symbol("a") + sympy.Symbol("b")
    assert "def formula(v, u, a):" in write_code(formula, ["a", "b"], "python", {"u": {1: 1}}, ["v", "u"])
    assert "def formula(a, u):" in write_code(formula, ["a", "b"], "python", {"u": {1: 1}})


def test_whole_numbers_in_a_table_are_divided_exactly():
    code = write_code(Expression.parse("x0/x1").to_sympy(["a", "b"]), ["a", "b"], "sql")
    with sqlite3.connect(":memory:") as database:
        database.create_function("POWER", 2, lambda a, b: float(a) ** b)
        assert database.execute(f"SELECT {code} FROM (SELECT 1 AS a, 2 AS b)").fetchone() == (0.5,)


@pytest.mark.parametrize("language", LANGUAGES)
def test_products_of_constants_are_written_as_by_hand(language):
    formula = Expression.parse("3*(x0 - 0.667*x1)").to_sympy(["a", "b"])
    assert "2.001*" in write_code(formula, ["a", "b"], language)
    if language == "sql":
        assert write_code(formula, ["a", "b"], language) == '3.0*"a" - 2.001*"b"'


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [1 / 3, 123456789.12345679, 0.1, 1e-20, 1.5e300, 6.02214076e23, 2**0.5])
def test_constants_are_read_back_as_the_same_double_from_the_fewest_digits(language, value):
    for formula in (Expression.parse(f"{value!r}*x0 - 7").to_sympy(["a"]), value * sympy.Symbol("a") - 7):
        written = write_code(formula, ["a"], language)
        if formula.has(sympy.Float):  # 1/3 and the root of 2 have names
            assert f"{value!r}*" in written


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
