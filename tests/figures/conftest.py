"""The marts of PALOMA-2's figures, as the tests of effects have them."""

from tests.effects.conftest import inputs, made  # noqa: F401
