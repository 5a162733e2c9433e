"""A table in a file, and one whose names are hard to write down."""

import numpy as np
import pandas as pd
import pytest

ODD = ["lambda", "blood pressure", 'a"b', "x*y", "`tick`"]


@pytest.fixture
def frame():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.uniform(-1, 1, (300, 2)), columns=["a", "b"])
    frame["sick"] = (frame["a"] + frame["b"] > 0).astype(int)
    return frame


@pytest.fixture
def table(frame, tmp_path):
    path = tmp_path / "table.csv"
    frame.to_csv(path, index=False)
    return path


@pytest.fixture
def odd_frame():
    frame = pd.DataFrame(np.random.default_rng(0).uniform(-1, 1, (300, 5)), columns=ODD)
    inside = frame["lambda"] + 2 * frame["blood pressure"] + frame["`tick`"] > 0
    return frame.assign(**{"my class": np.where(inside, "it's", "</style>")})
