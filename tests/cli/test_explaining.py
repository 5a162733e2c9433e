"""`skinterpret explain`: what it writes down, so that a reader can do it again."""

import html
import io
import re
import shlex

import joblib
import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

from skinterpret import load_rule, make_readable_network
from skinterpret.cli import main
from skinterpret.cli.time_limit import TimeLimit
from skinterpret.exceptions import NoClosedFormWarning
from skinterpret.search import EvolutionEngine

#: no limit of time, so that the machine has no say
SMALL = ["--max-complexity", "4", "--quiet"]


@pytest.fixture
def explained(table, tmp_path, capsys):
    """Explain the table; the words, what was printed, and where the page and the rule are."""
    page, rule = tmp_path / "page.html", tmp_path / "rule.json"
    files = ["--report", str(page), "--json", str(rule)]
    words = ["explain", str(table), "--target", "sick", "--seed", "3", *SMALL, *files]
    assert main(words) == 0
    return words, capsys.readouterr().out, page, rule


def told(page):
    """What the page says of how it was made."""
    text = page.read_text(encoding="utf-8")
    rows = re.findall(r'<th scope="row">([^<]*)</th><td><code>(.*?)</code>', text, flags=re.DOTALL)
    return {html.unescape(name): html.unescape(value) for name, value in rows}


def without_date(page):
    return re.sub("<footer>.*?</footer>", "", page.read_text(encoding="utf-8"))


def test_the_page_tells_command_rows_split_and_seeds(explained, table):
    words, _, page, _ = explained
    run = told(page)
    assert shlex.split(run["Command"]) == ["skinterpret", *words]
    assert "300 rows (SHA-256 " in run["Rows"]
    assert "240 rows to train and to search, 60 to test" in run["Split"]
    assert "random_state=3" in run["Split"]
    assert run["Seed"].startswith("3, of split, training and search")
    assert run["Seed of this page"].startswith("0, of ")
    assert "solver lbfgs, alpha 1, converged after" in run["Network"]
    assert run["random_state"] == "3"
    assert "Time limit" not in run
    assert "Search" not in run


def test_the_command_on_the_page_gives_the_same_again(explained, capsys):
    _, printed, page, rule = explained
    first = rule.read_text(encoding="utf-8"), without_date(page)
    assert main(shlex.split(told(page)["Command"])[1:]) == 0
    assert capsys.readouterr().out == printed
    assert (rule.read_text(encoding="utf-8"), without_date(page)) == first


def test_the_split_on_the_page_is_the_one_that_was_judged(explained, frame, tmp_path, capsys):
    _, printed, page, rule = explained
    _, X_test, _, y_test = train_test_split(
        frame[["a", "b"]], frame["sick"], test_size=0.2, stratify=frame["sick"], random_state=3
    )
    X_test.to_csv(tmp_path / "test.csv", index=False)
    assert main(["predict", str(rule), str(tmp_path / "test.csv")]) == 0
    said = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    accuracy = np.mean(said.to_numpy() == y_test.to_numpy())
    assert f"accuracy of the rule     {accuracy:.3f}" in printed
    text = page.read_text(encoding="utf-8")
    assert "60 test rows, which neither the network&#39;s training nor the search has seen" in text


def test_a_time_limit_is_told_to_be_no_sure_way_to_the_same(table, tmp_path):
    page = tmp_path / "page.html"
    files = ["--report", str(page), "--json", str(tmp_path / "rule.json"), "--max-time", "0.001"]
    assert main(["explain", str(table), "--target", "sick", *SMALL, *files]) in (0, 3)
    assert load_rule(tmp_path / "rule.json").stop_reasons == ["max_time reached"]
    assert "depends on the machine" in told(page)["Time limit"]


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_where_the_time_was_over_a_longer_one_is_asked_for(frame, tmp_path, capsys, quiet):
    path, page = tmp_path / "wave.csv", tmp_path / "page.html"
    frame.assign(sick=np.sin(3 * frame["a"]) + frame["b"] ** 2 > 0.4).to_csv(path, index=False)
    words = ["explain", str(path), "--target", "sick", "--max-time", "0.001", "--report", str(page), *quiet]
    assert main(words) in (0, 3)
    told_of_search = capsys.readouterr().err
    assert "give a longer --max-time" in told_of_search
    assert "ConvergenceWarning" not in told_of_search
    assert "max_time=" not in told_of_search  # a word of Python's
    assert "were over before the search had ended by itself" in told(page)["Time limit"]


def test_compilation_takes_nothing_of_the_limit(table, monkeypatch):
    """The clock of the limit begins when the search has what it needs."""
    order = []
    begin, prepare = TimeLimit.__init__, EvolutionEngine.prepare

    def begun(self, *arguments):
        order.append("clock")
        begin(self, *arguments)

    def prepared(self):
        order.append("compiled")
        prepare(self)

    monkeypatch.setattr(TimeLimit, "__init__", begun)
    monkeypatch.setattr(EvolutionEngine, "prepare", prepared)
    assert main(["explain", str(table), "--target", "sick", *SMALL, "--max-time", "1"]) in (0, 3)
    last_clock = len(order) - order[::-1].index("clock")  # that of the copy with which the search works
    assert "compiled" in order[:last_clock]


def test_the_limit_holds_for_the_search_for_structure_too(tmp_path, capsys):
    X = pd.DataFrame(np.random.default_rng(0).uniform(0.5, 2, (400, 4)), columns=list("abcd"))
    y = X["a"] * X["b"] + X["c"] * X["d"] > 2.5
    X.assign(high=y).to_csv(tmp_path / "table.csv", index=False)
    words = ["explain", str(tmp_path / "table.csv"), "--target", "high", "--max-time", "0.001", "--quiet"]
    assert main(words) in (0, 3)
    assert "Not all pairs were looked at" in capsys.readouterr().out


@pytest.mark.filterwarnings("always::sklearn.exceptions.ConvergenceWarning")
def test_an_interrupted_search_is_told_in_the_terminal_on_the_page_and_with_the_rule(
    frame, tmp_path, capsys, monkeypatch
):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("skinterpret.search.evolution.progress.Progress.report", interrupt)
    path, page = tmp_path / "wave.csv", tmp_path / "page.html"
    frame.assign(sick=np.sin(3 * frame["a"]) + frame["b"] ** 2 > 0.4).to_csv(path, index=False)
    files = ["--report", str(page), "--json", str(tmp_path / "rule.json")]
    assert main(["explain", str(path), "--target", "sick", *files, "--quiet"]) in (0, 3)
    assert load_rule(tmp_path / "rule.json").stop_reasons == ["interrupted"]
    assert "interrupted" in capsys.readouterr().err
    assert "interrupted by Ctrl-C; the rule is the best until then" in told(page)["Search"]


def test_a_time_that_was_not_used_up_is_no_reason_to_give_more(table, tmp_path, capsys):
    page = tmp_path / "page.html"
    words = ["--max-time", "500", "--report", str(page)]
    assert main(["explain", str(table), "--target", "sick", *SMALL, *words]) in (0, 3)
    assert "--max-time" not in capsys.readouterr().err
    assert "were not used up" in told(page)["Time limit"]


def test_quiet_leaves_results_and_no_progress(table, tmp_path, capsys):
    page = tmp_path / "page.html"
    assert main(["explain", str(table), "--target", "sick", *SMALL, "--report", str(page)]) in (0, 3)
    output = capsys.readouterr()
    assert "…" not in output.out + output.err
    assert output.out.startswith("Network: 60 and 60 tanh units")
    assert output.err.strip() == f"The report is in {page}."


def test_a_report_that_fails_costs_no_rule(table, tmp_path, capsys, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no page today")

    monkeypatch.setattr("skinterpret.cli.explaining.write_report", fail)
    rule = tmp_path / "rule.json"
    files = ["--json", str(rule), "--report", str(tmp_path / "page.html")]
    assert main(["explain", str(table), "--target", "sick", *SMALL, *files]) == 2
    output = capsys.readouterr()
    assert re.match(r"1 where  .*a.*b", output.out.splitlines()[-1])
    assert "no page today" in output.err
    assert main(["predict", str(rule), str(table)]) == 0


def test_of_a_trained_network_the_page_does_not_say_what_it_has_seen(table, frame, tmp_path):
    model, page = tmp_path / "model.joblib", tmp_path / "page.html"
    joblib.dump(make_readable_network((10,), random_state=0).fit(frame[["a", "b"]], frame["sick"]), model)
    words = ["--estimator", str(model), "--trust-pickle", "--report", str(page)]
    assert main(["explain", str(table), "--target", "sick", *SMALL, *words]) in (0, 3)
    text = page.read_text(encoding="utf-8")
    assert "whether the network was trained on them" in text
    assert "neither the network&#39;s training" not in text
    assert "as it is in" in told(page)["Network"]


def test_progress_is_shown_from_training_to_report(table, tmp_path, capsys):
    words = ["explain", str(table), "--target", "sick", "--max-complexity", "4", "--max-time", "1"]
    assert main([*words, "--report", str(tmp_path / "page.html")]) in (0, 3)
    output = capsys.readouterr()
    assert output.out.index("Training a network on 240 rows with 2 columns") < output.out.index(
        "Searching for the rule"
    )
    assert "At most 1 s" in output.out
    assert "epoch 1" in output.out + output.err
    assert "Writing the report" in output.err


def test_columns_are_told_from_inputs_where_categories_have_indicators(frame, tmp_path, capsys):
    path, page = tmp_path / "sites.csv", tmp_path / "page.html"
    sites = np.array(["north", "east", "south", "west"])[frame.index % 4]
    frame.assign(site=sites).to_csv(path, index=False)
    words = ["explain", str(path), "--target", "sick", "--max-complexity", "4", "--max-time", "1"]
    assert main([*words, "--n-jobs", "1", "--report", str(page)]) in (0, 3)
    output = capsys.readouterr()
    assert "on 240 rows with 3 columns …" in output.out
    assert "looking for structure in 5 inputs (with indicators of categories) …" in output.err
    text = page.read_text(encoding="utf-8")
    assert "with 3 columns; " in text
    assert re.search(r"The rule uses \d of 5 inputs \(with indicators of categories\), and leaves out", text)


def test_progress_names_the_class_that_is_searched(frame, tmp_path, capsys):
    path = tmp_path / "three.csv"
    level = np.digitize(frame["a"] * frame["b"] + frame["a"], [-0.3, 0.4])
    frame.assign(sick=np.array(["low", "middle", "high"])[level]).to_csv(path, index=False)
    words = ["--max-complexity", "4", "--max-time", "1", "--searches", "2"]
    assert main(["explain", str(path), "--target", "sick", *words]) in (0, 3)
    lines = [line for line in capsys.readouterr().err.splitlines() if "epoch 1," in line]
    names = [line.partition(": epoch")[0] for line in lines]
    assert set(names) == {f"class {c}, search {n} of 2" for c in ("low", "middle", "high") for n in (1, 2)}


def test_odd_names_go_through_everything(odd_frame, tmp_path, capsys):
    path, rule, page = tmp_path / "odd table.csv", tmp_path / "rule.json", tmp_path / "page.html"
    odd_frame.to_csv(path, index=False)
    files = ["--json", str(rule), "--report", str(page)]
    words = ["--max-complexity", "8", "--max-time", "2", "--quiet"]
    assert main(["explain", str(path), "--target", "my class", *words, *files]) == 0
    (rule_line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("it's where  ")]
    for name in ("lambda", "`blood pressure`", "```tick```"):
        assert name in rule_line
    assert page.read_text(encoding="utf-8").count("</style>") == 1
    assert main(["predict", str(rule), str(path)]) == 0
    said = pd.read_csv(io.StringIO(capsys.readouterr().out))["prediction"]
    assert np.mean(said == odd_frame["my class"]) > 0.9


@pytest.mark.filterwarnings(f"always::{NoClosedFormWarning.__module__}.{NoClosedFormWarning.__name__}")
def test_where_there_is_no_closed_form_the_words_say_what_to_do(frame, tmp_path, capsys):
    path, page = tmp_path / "noise.csv", tmp_path / "page.html"
    frame.assign(sick=np.random.default_rng(1).integers(0, 2, len(frame))).to_csv(path, index=False)
    assert main(["explain", str(path), "--target", "sick", *SMALL, "--report", str(page)]) == 3
    output = capsys.readouterr()
    (warning,) = [line for line in output.err.splitlines() if "No closed form found for 1" in line]
    assert "try more rows" in warning
    assert "--max-complexity" in warning
    assert re.search(r"trust_|summary|\(\)|select", warning) is None
    assert "do not rely on it" in output.out.splitlines()[-1]
    text = page.read_text(encoding="utf-8")
    assert "No closed form was found" in text.partition("<header>")[2].partition("</header>")[0]
    card = text.partition('<section class="card rule-card"')[2].partition("</section>")[0]
    assert "No closed form found: do not rely on it." in card


@pytest.mark.filterwarnings("always::UserWarning")
def test_where_directions_jump_the_advice_is_an_option(frame, tmp_path, capsys):
    path, model, page = tmp_path / "noise.csv", tmp_path / "model.joblib", tmp_path / "page.html"
    noise = frame.assign(sick=np.random.default_rng(1).integers(0, 2, len(frame)))
    noise.to_csv(path, index=False)
    network = MLPClassifier((40,), solver="lbfgs", max_iter=2000, alpha=0, random_state=0)
    joblib.dump(network.fit(noise.drop(columns="sick"), noise["sick"]), model)
    files = ["--estimator", str(model), "--trust-pickle", "--report", str(page)]
    assert main(["explain", str(path), "--target", "sick", *SMALL, *files]) == 3
    output = capsys.readouterr()
    for words in (output.err, output.out, html.unescape(page.read_text(encoding="utf-8"))):
        assert "ore rows make them smoother, and so does a network trained in Python" in words
        assert "which --estimator takes: make_readable_network(alpha=...)" in words
        assert "smoothing=" not in words


@pytest.mark.parametrize("command", ["explain", "demo"])
def test_help_says_how_a_command_ends_where_there_is_no_closed_form(command, capsys):
    with pytest.raises(SystemExit):
        main([command, "--help"])
    assert "3    no closed form was found" in capsys.readouterr().out


def test_a_rule_that_is_not_to_be_relied_on_is_written_and_the_command_ends_with_3(frame, tmp_path, capsys):
    path, rule = tmp_path / "noise.csv", tmp_path / "rule.json"
    frame.assign(sick=np.random.default_rng(1).integers(0, 2, len(frame))).to_csv(path, index=False)
    assert main(["explain", str(path), "--target", "sick", *SMALL, "--json", str(rule)]) == 3
    assert main(["predict", str(rule), str(path)]) == 0  # which warns, and does what it is asked to
    assert "no closed form found" in capsys.readouterr().err
