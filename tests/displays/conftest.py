"""Pictures are drawn without a screen."""

from io import BytesIO
from xml.etree import ElementTree

import pytest

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")


@pytest.fixture
def drawn_texts():
    """What a reader sees written, line by line: mathematics is taken apart, all else is as it stands."""

    def read(figure):
        file = BytesIO()
        with matplotlib.rc_context({"svg.fonttype": "none"}):
            figure.savefig(file, format="svg")
        root = ElementTree.fromstring(file.getvalue())
        return [element.text for element in root.iter("{http://www.w3.org/2000/svg}text") if element.text]

    return read
