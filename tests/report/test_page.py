"""The page of an explained network: what is in it, and what Chromium makes of it."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import warnings
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from skinterpret import SymbolicSurrogate, complexity_score
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.report import write_report
from skinterpret.report.plain import to_plain
from skinterpret.report.turning import turns

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium")
EVIL = ["<script>alert(1)</script>", "</style>\u202e"]


@pytest.fixture(scope="module")
def page(ellipse, ellipse_surrogate, tmp_path_factory):
    path = tmp_path_factory.mktemp("report") / "ellipse.html"
    return write_report(ellipse_surrogate, ellipse.data, ellipse.target, path, data_name="ellipse.csv")


def test_rule_trust_coefficients_and_settings_are_in_it(page, ellipse_surrogate):
    text = page.read_text(encoding="utf-8")
    assert html.escape(str(ellipse_surrogate.decision_rule_)) in text
    assert "<math" in text
    assert "The formula says what the network computes" in text
    assert "Coefficients with intervals" in text
    assert "8,000 rows of ellipse.csv with 2 inputs" in text
    assert "random_state" in text
    assert "numpy" in text
    for formula in ellipse_surrogate.equations_["formula"][:3]:
        assert formula.replace("**", "").replace("*", "")[0] in text
    assert 2 < text.count('type="radio"') <= len(ellipse_surrogate.equations_)


def test_other_readings_of_the_network_stand_beside_the_rule(page):
    text = page.read_text(encoding="utf-8")
    for words in ("Beside other surrogates", "this rule", "decision tree of that length", "pruned network"):
        assert words in text
    assert "Probes: what single values do" in text
    assert "Hidden neurons" in text


def test_complexity_is_the_same_number_wherever_it_is_told(page, ellipse_surrogate):
    text = page.read_text(encoding="utf-8")
    counted = str(complexity_score(ellipse_surrogate))
    tile = re.search(r"<dt>Complexity of the rule</dt><dd>(\d+)</dd>", text)[1]
    point = re.search(r'aria-label="Candidate \d+, the chosen one: complexity (\d+),', text)[1]
    row = re.search(r'<tr class="chosen">.*?<td class="number">(\d+)</td>', text)[1]
    beside = re.search(r'<th scope="row">this rule</th>(.*?)</tr>', text)[1]
    compared = re.findall(r">([^<>]+)</td>", beside)[-1]
    assert [tile, point, row, compared] == [counted] * 4


def test_it_says_which_rows_were_measured_and_which_were_held_back(
    page, ellipse, ellipse_surrogate, tmp_path
):
    text = page.read_text(encoding="utf-8")
    assert "Measured on the 8,000 rows given to this report; where the network was trained on them" in text
    assert f"measured on {ellipse_surrogate.trust_.n_rows:,} held-back rows" in text
    nothing = {"comparison": None, "probes": None, "neurons": None}
    few, rows = ellipse.data[:100], "test rows, of <em>hospital B"
    path = write_report(ellipse_surrogate, few, None, tmp_path / "rows.html", rows=rows, **nothing)
    assert "Measured on 100 test rows, of &lt;em&gt;hospital B." in path.read_text(encoding="utf-8")


def test_how_it_was_made_is_told_in_the_words_given(page, ellipse, ellipse_surrogate, tmp_path):
    nothing = {"comparison": None, "probes": None, "neurons": None}
    run = {"Command": "make <page>"}
    path = write_report(
        ellipse_surrogate, ellipse.data[:100], None, tmp_path / "run.html", run=run, **nothing
    )
    text = path.read_text(encoding="utf-8")
    assert '<th scope="row">Command</th><td><code>make &lt;page&gt;</code>' in text
    assert "not known to this page" not in text
    assert "not known to this page" in page.read_text(encoding="utf-8")


def test_a_directory_is_no_place_for_a_page(ellipse, ellipse_surrogate, tmp_path):
    with pytest.raises(IsADirectoryError, match=r"is a directory; name a file, such as report\.html, in it"):
        write_report(ellipse_surrogate, ellipse.data, None, tmp_path)


def test_they_can_be_left_out(ellipse, ellipse_surrogate, tmp_path):
    nothing = {"comparison": None, "probes": None, "neurons": None}
    path = write_report(ellipse_surrogate, ellipse.data, None, tmp_path / "short.html", **nothing)
    text = path.read_text(encoding="utf-8")
    assert "Beside other surrogates" not in text
    assert "Probes: what" not in text
    assert "Hidden neurons" not in text


def test_nothing_is_fetched_from_elsewhere(page):
    text = page.read_text(encoding="utf-8")
    addresses = re.findall(r"""(?:src|href)\s*=\s*["']([^"']*)""", text)
    assert all(address.startswith(("#", "data:")) for address in addresses)
    assert not re.search(r"url\((?!#|data:)", text)
    assert "@import" not in text


def test_headings_go_down_one_by_one(page):
    levels = [int(level) for level in re.findall(r"<h([1-6])", page.read_text(encoding="utf-8"))]
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_names_and_labels_from_strangers_do_no_harm(ellipse, quick_engine, tmp_path):
    X = ellipse.data[:400].set_axis(EVIL, axis=1)
    labels = np.where(ellipse.target[:400] == 1, "<img src=x onerror=alert(2)>\u2066", "</script>")
    network = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=20, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(X, labels)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0).fit(X)
    path = write_report(
        surrogate, X, labels, tmp_path / "evil.html", title="</title><b>", data_name="<i>", comparison=None
    )
    text = path.read_text(encoding="utf-8")
    assert "</style>\\u202e" in html.unescape(text)
    assert not turns(re.sub("<bdi [^>]*>.</bdi>", "", text))
    assert "Names in it hold characters that turn the order of reading around" in text
    assert text.count("<script") == 1
    assert text.count("</script>") == 1
    assert text.count("</style>") == 1
    assert text.count("<title>") == text.count("</title>") == 1
    assert "<img" not in text
    assert "<b>" not in text
    assert "<i>" not in text
    assert html.escape(EVIL[0]) in text


def test_code_asks_the_cells_of_the_raw_table(quick_engine, tmp_path):
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"note": 0.0, "age": rng.uniform(-1, 1, 300), "site": rng.choice(["A", "B"], 300)})
    first = make_column_transformer((OneHotEncoder(), ["site"]), ("passthrough", ["age"]))
    network = make_pipeline(first, MLPClassifier((5,), solver="lbfgs", random_state=0))
    surrogate = SymbolicSurrogate(network, engine=quick_engine, random_state=0)
    nothing = {"comparison": None, "probes": None, "neurons": None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        surrogate.fit(X, X["age"] + (X["site"] == "B") > 0.3).select(lambda table: len(table) - 1)
        page = write_report(surrogate, X, None, tmp_path / "sites.html", **nothing)
    text = html.unescape(page.read_text(encoding="utf-8"))
    assert "(cells B2: age, C2: site)" in text
    assert 'IF(C2="B", 1.0, 0.0)' in text
    legends = []
    for panel in re.findall(r'<article class="candidate".*?</article>', text, flags=re.DOTALL):
        legend, code = re.search(r"<span>Excel([^<]*)</span>.*?<code>(.*?)</code>", panel, re.DOTALL).groups()
        assert set(re.findall(r"\b[A-Z]2\b", legend)) == set(re.findall(r"\b[A-Z]2\b", code))
        legends.append(legend)
    assert len(set(legends)) > 1


def test_a_million_rows_stay_small(ellipse_surrogate, tmp_path):
    X = np.random.default_rng(0).uniform(-1, 1, (1_000_000, 2))
    X = pd.DataFrame(X, columns=["x1", "x2"])
    path = write_report(ellipse_surrogate, X, None, tmp_path / "many.html")
    assert path.stat().st_size < 5_000_000


def test_more_than_two_classes_have_a_section_each(quick_engine, tmp_path):
    data = load_iris(as_frame=True)
    labels = data.target_names[data.target]
    network = make_pipeline(StandardScaler(), MLPClassifier((10,), max_iter=20, random_state=0))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(data.data, labels)
    surrogate = SymbolicSurrogate(FrozenEstimator(network), engine=quick_engine, random_state=0)
    surrogate.fit(data.data)
    text = write_report(surrogate, data.data, labels, tmp_path / "iris.html").read_text(encoding="utf-8")
    for name, rule in surrogate.decision_rule_.items():
        assert f"Class {name}" in text
        assert html.escape(to_plain(rule)) in text


def test_labels_of_the_network_go_with_one_class_and_with_a_hidden_unit(quick_engine, tmp_path):
    data = load_iris(as_frame=True)
    labels = data.target_names[data.target]
    network = make_pipeline(StandardScaler(), MLPClassifier((10,), solver="lbfgs", alpha=1, random_state=0))
    network = FrozenEstimator(network.fit(data.data, labels))
    nothing = {"comparison": None, "probes": None, "neurons": None}
    for target in ("setosa", ("hidden", 0, 3)):
        surrogate = SymbolicSurrogate(network, target=target, engine=quick_engine, random_state=0)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", NoClosedFormWarning)
            surrogate.fit(data.data, labels)
            page = write_report(surrogate, data.data, labels, tmp_path / "one.html", **nothing)
        tiles = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", page.read_text(encoding="utf-8")))
        if target == "setosa":
            right = np.mean(surrogate.predict(data.data) == (labels == "setosa"))
            assert tiles["Rule accuracy"] == f"{right:.3f}"
            with pytest.raises(ValueError, match="classes 'setosa', 'versicolor', 'virginica'"):
                write_report(surrogate, data.data, ["?"] * 150, tmp_path / "no.html", **nothing)
        else:
            assert "Rule accuracy" not in tiles


def test_tables_of_other_views_are_shown(ellipse, ellipse_surrogate, tmp_path):
    index = pd.MultiIndex.from_tuples([("x1", 0.5), ("x2", "<b>")], names=["feature", "value"])
    probes = pd.DataFrame({"no": [0.25, 0.75], "yes": [0.75, 0.25]}, index=index)
    path = write_report(
        ellipse_surrogate, ellipse.data, None, tmp_path / "probes.html", probes=probes, comparison=None
    )
    text = path.read_text(encoding="utf-8")
    assert 'class="heat"' in text
    assert "&lt;b&gt;" in text


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"probes": [1, 2]}, TypeError, "probes must be a DataFrame"),
        ({"neurons": "all"}, ValueError, "neurons must be a DataFrame"),
        ({"y": [1, 0]}, ValueError, "inconsistent numbers of samples"),
        ({"y": ["yes"] * 8000}, ValueError, "none of the network's classes 0, 1"),
        ({"X": np.empty((0, 2)), "y": []}, ValueError, "X has no rows; pass some"),
    ],
)
def test_what_cannot_be_shown_is_refused(ellipse, ellipse_surrogate, tmp_path, arguments, error, message):
    with pytest.raises(error, match=message):
        write_report(ellipse_surrogate, **{"X": ellipse.data, "path": tmp_path / "no.html", **arguments})
    assert not list(tmp_path.iterdir())


@needs_chromium
def test_chromium_opens_it_without_complaint_and_shows_the_chosen_candidate(page):
    dom, console = open_in_chromium(page)
    assert not re.search(r"CONSOLE.*(error|refused)", console, flags=re.IGNORECASE)
    panels = visible_panels(dom)
    assert len(panels) == 1
    assert "the chosen one" in panels[0]


@needs_chromium
def test_choosing_another_point_shows_another_formula(page):
    dom, _ = open_in_chromium(page)
    identifiers = re.findall(r'<input[^>]*type="radio"[^>]*value="([^"]+)"', dom)
    shown = {visible_panels(open_in_chromium(page, f"#{name}")[0])[0] for name in identifiers[:3]}
    assert len(shown) == 3


def open_in_chromium(page, fragment=""):
    run = subprocess.run(
        [
            CHROMIUM,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--enable-logging=stderr",
            "--virtual-time-budget=2000",
            "--dump-dom",
            f"{page.as_uri()}{fragment}",
        ],
        capture_output=True,
        text=True,
        timeout=120,
    )
    return run.stdout, run.stderr


def visible_panels(dom):
    panels = re.findall(r'<(\w+)[^>]*class="candidate"([^>]*)>(.*?)</\1>', dom, flags=re.DOTALL)
    return [content for _, attributes, content in panels if "hidden" not in attributes]


def test_a_folder_that_is_not_there_is_told_before_the_work(
    ellipse, ellipse_surrogate, tmp_path, monkeypatch
):
    monkeypatch.setattr("skinterpret.report.page.rule_views", lambda *_: pytest.fail("worked in vain"))
    with pytest.raises(FileNotFoundError, match="There is no folder .*; make it first"):
        write_report(ellipse_surrogate, ellipse.data, None, tmp_path / "nope" / "page.html", comparison=None)
