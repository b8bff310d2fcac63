"""The forest plot and the plot of adverse events: what they show, read back from the drawing."""

import numpy as np
import pytest

from trialmart.figures import adverse_events, forest
from trialmart.figures.canvas import to_bytes


def words(figure) -> list[str]:
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


@pytest.fixture(scope="module")
def drawn(made, inputs):
    return forest.draw(made["efficacy"], made["subgroup"], inputs["arm"], "p2")


def test_every_level_stands_with_its_estimate_and_patients(drawn):
    shown = words(drawn)
    assert {"0.63 (0.47\u20130.85)", "0.58 (0.46\u20130.72)", "214 / 110", "   Visceral disease", "Disease site", "0.31"} <= set(shown)
    assert "Progression-free survival" in shown and any(text.startswith("\u2190 favours Palbociclib") for text in shown)


def test_squares_lie_at_the_estimates_and_the_whole_trial_is_a_diamond(drawn, made):
    axes = drawn.axes[0]
    squares = sorted(line.get_xdata()[0] for line in axes.lines if line.get_marker() == "s")
    assert squares == sorted(made["subgroup"].estimate)
    diamonds = [patch for patch in axes.patches if len(patch.get_xy()) == 5 and np.isclose(patch.get_xy()[:, 0].min(), 0.46)]
    assert len(diamonds) == 1 and diamonds[0].get_xy()[:, 0].max() == 0.72


def test_a_limit_beyond_the_axis_ends_in_an_arrow(made, inputs):
    rows = made["subgroup"].copy()
    rows.loc[rows.index[0], "ci_upper"] = 40.0
    rows.loc[rows.index[1], "ci_upper"] = np.nan  # not estimable
    axes = forest.draw(made["efficacy"], rows, inputs["arm"], "p2").axes[0]
    heads = [line for line in axes.lines if line.get_marker() == ">"]
    assert len(heads) == 2 and all(line.get_xdata()[0] <= axes.get_xlim()[1] for line in heads)


def test_which_side_is_good_is_not_claimed_for_a_response(made, inputs):
    figure = forest.draw(made["efficacy"], made["subgroup"].iloc[:0], inputs["arm"], "p2", endpoint="objective response")
    assert not any("favours" in text for text in words(figure)) and any("more with" in text for text in words(figure))


def test_nothing_to_draw_is_no_figure(made, inputs):
    assert forest.draw(made["efficacy"], made["subgroup"], inputs["arm"], "no such article") is None
    assert adverse_events.draw(made["safety"], inputs["arm"], "no such article") is None


def test_adverse_events_in_the_order_of_their_difference(made, inputs):
    figure = adverse_events.draw(made["safety"], inputs["arm"], "p2", min_percent=10)
    left, right = figure.axes
    terms = [label.get_text() for label in left.get_yticklabels()]
    assert terms[0] == "Neutropenia" and terms[-1] == "Hot flush"
    points = next(line.get_xdata() for line in right.lines if line.get_marker() == "s")
    assert list(points) == sorted(points, reverse=True) and points[0] == pytest.approx(73.2, abs=0.05)
    assert "Palbociclib\u2013Letrozole (N = 444)" in words(figure)


@pytest.mark.parametrize(("form", "start"), [("svg", b"<?xml"), ("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_the_same_figure_gives_the_same_bytes(drawn, form, start):
    first = to_bytes(drawn, form)
    assert first.startswith(start) and first == to_bytes(drawn, form)
