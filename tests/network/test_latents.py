import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy.special import logit, softmax

from skinterpret.network.latents import LogOddsLatent, UnitLatent


@pytest.fixture(scope="module")
def z():
    return np.random.default_rng(0).normal(size=(20, 4))


@pytest.mark.parametrize("latent", [UnitLatent(2), UnitLatent(0, -1), LogOddsLatent(3)])
def test_slopes_are_finite_differences(latent, z, differentiate):
    expected = differentiate(latent.value, z)
    assert_allclose(np.broadcast_to(latent.slope(z), z.shape), expected, atol=1e-8)


def test_log_odds_are_those_of_the_softmax(z):
    for unit in range(z.shape[1]):
        expected = logit(softmax(z, axis=1)[:, unit])
        assert_allclose(LogOddsLatent(unit).value(z), expected, rtol=1e-9)


@pytest.mark.parametrize("latent", [UnitLatent(1), LogOddsLatent(1)])
def test_single_precision_is_kept(latent, z):
    z = z.astype(np.float32)
    assert latent.value(z).dtype == np.float32
    assert latent.slope(z).dtype == np.float32
