"""Words are joined as a sentence has them."""

import pytest

from skinterpret._listing import listed


@pytest.mark.parametrize(("words", "joined"), [("a", "a"), ("ab", "a and b"), ("abc", "a, b and c")])
def test_the_last_word_follows_an_and(words, joined):
    assert listed(list(words)) == joined
