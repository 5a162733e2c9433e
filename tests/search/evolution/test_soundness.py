"""A checkpoint may come from a stranger: whatever was changed in it is refused before it is used."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skinterpret.expressions import Expression
from skinterpret.search import EvolutionEngine, search_directions
from skinterpret.search.classification import search_labels

X = np.random.default_rng(0).uniform(0.3, 2, (60, 3))
GRADIENT = Expression.parse("x0**1.7 + sin(x1*x2 + 0.3*x0)/(x2 + 0.7)").gradient(X)
SETTINGS = {"max_evals": 9_000, "n_islands": 2, "population_size": 20, "epoch_evals": 500, "patience": 99}
ADD, SQUARE = 1, 5


def search(path, **changed):
    engine = EvolutionEngine(**(SETTINGS | {"checkpoint": path} | changed))
    return search_directions(X, GRADIENT, engine=engine, structure=False, random_state=0)


@pytest.fixture(scope="module")
def contents(tmp_path_factory):
    path = tmp_path_factory.mktemp("sound") / "c.npz"
    search(path, callback=lambda state: state.epoch == 3)
    with np.load(path) as archive:
        return dict(archive)


def refused(directory, contents, match):
    path = directory / "c.npz"
    np.savez(path, **contents)
    before = path.read_bytes()
    sentence = f"c.npz' is damaged or was changed: .*(?:{match}).*; delete it .*, or name another"
    with pytest.raises(ValueError, match=sentence):
        search(path)
    assert path.read_bytes() == before


def put(name, value, where=...):
    def change(contents):
        array = contents[name].copy()
        array[where] = value
        contents[name] = array

    return change


def add(name, number):
    return lambda contents: contents.update({name: contents[name] + number})


def replace(name, function):
    return lambda contents: contents.update({name: function(contents[name])})


def head(**entries):
    def change(contents):
        contents["header"] = np.array(json.dumps(json.loads(str(contents["header"])) | entries))

    return change


def refused_or_harmless(path, sentence):
    try:
        search(path)
    except ValueError as error:
        if sentence not in str(error):
            raise


MEMBERS, HALL = "island_0_members", "island_1_fame"


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (put(f"{MEMBERS}_tokens", 999), "unknown token"),
        (put(f"{HALL}_tokens", 999), "unknown token"),
        (put("fame_tokens", 999), "row 0 of fame holds an unknown token"),
        (put(f"{MEMBERS}_tokens", -500), "unknown token"),
        (put(f"{MEMBERS}_tokens", -4), "unknown token"),  # an input that there is not
        (put(f"{MEMBERS}_tokens", 16), "unknown token"),  # an operator that is not among those of the search
        (put(f"{MEMBERS}_tokens", ADD), "not a complete program"),
        (put(f"{MEMBERS}_tokens", SQUARE), "not a complete program"),
        (put(f"{MEMBERS}_tokens", -1), "not a complete program|another complexity"),
        (put("fame_tokens", 0, (1, 0)), "no inputs"),
        (add(f"{MEMBERS}_lengths", 10**6), "length"),
        (add("fame_lengths", -(10**6)), "length"),
        (put("fame_lengths", 0), "has a loss, but no program"),
        (replace(f"{MEMBERS}_tokens", lambda old: old[:, :5]), r"has shape \(20, 5\), not \(20, 31\)"),
        (replace("fame_tokens", lambda old: old[:-1]), "has shape"),
        (replace("fame_losses", lambda old: old[:, None]), "has shape"),
        (add(f"{MEMBERS}_complexities", 1000), "complexity"),
        (add("fame_complexities", 1), "complexity"),
        (put("fame_complexities", -7), "complexity"),
        (put("fame_losses", -5), "has a loss, but no program"),
        (replace("fame_losses", lambda old: old * 1e-4), "another loss than on these rows"),
        (replace(f"{HALL}_losses", lambda old: old * 1e-4), "another loss than on these rows"),
        (replace(f"{MEMBERS}_losses", lambda old: old * 1e-4), "another loss than on these rows"),
        (replace(f"{MEMBERS}_losses", lambda old: old + 0.5), "another loss than on these rows"),
        (put("fame_losses", np.nan), "another loss than on these rows"),
        (replace("fame_losses", lambda old: old.astype("U8")), "has type"),
        (replace(f"{MEMBERS}_tokens", lambda old: old.astype("f8")), "has type"),
        (replace(f"{MEMBERS}_tokens", lambda old: old.astype(np.int32)), "has type"),
        (replace("island_0_credit_tried", lambda old: old[:3]), "has shape"),
        (put("island_0_credit_tried", np.nan), "no count of trials"),
        (put("island_0_credit_improved", -1), "no count of trials"),
        (add("island_0_credit_improved", 1e9), "no count of trials"),
        (lambda contents: contents.pop("island_1_members_tokens"), "island_1_members_tokens is missing"),
        (head(epoch=-1), "epoch is no count"),
        (head(epoch=1.5), "epoch is no count"),
        (head(evaluations="many"), "evaluations is no count"),
        (head(evaluations=True), "evaluations is no count"),
        (head(epochs_without_progress=None), "epochs_without_progress is no count"),
        (head(level="low"), "level is no number"),
        (head(level=float("nan")), "level is no number"),
        (head(stagnation=[0]), "stagnation is no list of 2 counts"),
        (head(stagnation=[0, -3]), "stagnation is no count"),
        (head(stagnation=3), "stagnation is no list"),
    ],
)
def test_a_changed_checkpoint_is_refused(tmp_path, contents, change, match):
    changed = dict(contents)
    change(changed)
    refused(tmp_path, changed, match)


def test_a_checkpoint_that_may_not_be_read_is_not_called_damaged(tmp_path, contents, monkeypatch):
    np.savez(tmp_path / "c.npz", **contents)

    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)
    with pytest.raises(PermissionError, match="Permission denied"):
        search(tmp_path / "c.npz")


def test_a_fault_of_the_checks_is_not_told_as_damage(tmp_path, contents, monkeypatch):
    np.savez(tmp_path / "c.npz", **contents)

    def fail(*_):
        raise RuntimeError("fault")

    monkeypatch.setattr("skinterpret.search.evolution.checkpoint.check_members", fail)
    with pytest.raises(RuntimeError, match="fault"):
        search(tmp_path / "c.npz")


def test_a_program_in_the_row_of_another_complexity_is_refused(tmp_path, contents):
    moved = {
        name: np.roll(array, 1, axis=0) if name.startswith("fame_") else array
        for name, array in contents.items()
    }
    refused(tmp_path, moved, "another complexity than its place says")


def test_a_constant_that_is_not_finite_is_refused(tmp_path, contents):
    tokens, lengths = contents["fame_tokens"], contents["fame_lengths"]
    inside = np.arange(tokens.shape[1]) < lengths[:, None]
    changed = dict(contents)
    put("fame_constants", np.inf, (tokens == 0) & inside)(changed)
    refused(tmp_path, changed, "constant that is not finite")


@pytest.mark.parametrize("header", ["[]", "{}", "5", "[" * 100_000, '{"format": 3}', "x" * (2 << 20)])
def test_a_foreign_header_is_refused(tmp_path, contents, header):
    path = tmp_path / "c.npz"
    np.savez(path, **(contents | {"header": np.array(header)}))
    with pytest.raises(ValueError, match="damaged or no checkpoint"):
        search(path)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=st.data())
def test_an_integer_changed_anywhere_is_refused_or_harmless(tmp_path, contents, data):
    names = sorted(name for name in contents if contents[name].dtype.kind == "i")
    name = data.draw(st.sampled_from(names))
    place = data.draw(st.integers(0, contents[name].size - 1))
    bounds = np.iinfo(contents[name].dtype)
    values = st.one_of(st.integers(-4, 16), st.integers(bounds.min, bounds.max))
    where = np.unravel_index(place, contents[name].shape)
    changed = dict(contents)
    put(name, data.draw(values), where)(changed)
    np.savez(tmp_path / "c.npz", **changed)
    refused_or_harmless(tmp_path / "c.npz", "is damaged or was changed")


@settings(max_examples=60, deadline=None, derandomize=True)
@given(place=st.floats(0, 1, exclude_max=True), bits=st.integers(1, 255))
def test_a_byte_changed_anywhere_is_refused_or_harmless(tmp_path_factory, contents, place, bits):
    path = tmp_path_factory.mktemp("byte") / "c.npz"
    np.savez_compressed(path, **contents)
    damaged = bytearray(path.read_bytes())
    damaged[int(place * len(damaged))] ^= bits
    path.write_bytes(damaged)
    refused_or_harmless(path, "c.npz' ")


@pytest.mark.parametrize(
    "operators", [["-"], ["/", "sin"], ["+", "*", "pow", "abs"], ["square"], ["-", "exp", "inv"]]
)
def test_what_a_search_itself_has_written_is_never_refused(tmp_path, operators):
    path = tmp_path / "c.npz"
    stopped = search(path, operators=operators, callback=lambda state: state.epoch == 4)
    assert search(path, operators=operators, max_evals=30_000).evaluations > stopped.evaluations


def test_neither_are_populations_that_begin_anew(tmp_path):
    path = tmp_path / "c.npz"
    settings = {"max_evals": 10**6, "population_size": 10, "epoch_evals": 20}
    epochs = []
    for _ in range(40):
        search(path, callback=lambda state: epochs.append(state.epoch) or True, **settings)
    with np.load(path) as archive:
        assert json.loads(str(archive["header"]))["epoch"] == epochs[-1] == 40


def test_losses_of_labels_may_exceed_one(tmp_path):
    engine = EvolutionEngine(checkpoint=tmp_path / "c.npz", callback=lambda state: True, **SETTINGS)
    positive = X[:, 0] + 0.3 * np.sin(9 * X[:, 1]) > 1
    first = search_labels(X, positive, engine=engine, random_state=0)
    assert search_labels(X, positive, engine=engine, random_state=0).evaluations > first.evaluations
