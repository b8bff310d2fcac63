"""What is worked on again: by the sources' keys, and for the slow stop by the rows that it reads."""

from __future__ import annotations

from assets import all_assets
from assets.staleness import plan
from assets.stop import STOPS

all_assets()  # declares the stops
SURVIVAL, AUDIT = STOPS["survival"], STOPS["number_check"]


class Library:
    """Two articles as a pipeline would tell of them."""

    def __init__(self) -> None:
        self.keys = {"extraction": {"a": "1", "b": "1"}, "typed_tables": {"a": "1", "b": "1"}}
        self.rows = {"a": "rows of a", "b": "rows of b"}
        self.draws = {"a": 5, "b": 0}
        self.looked_at: list[str] = []

    def option(self, name):
        return None

    def option_of(self, name, article):
        return self.draws[article]

    def contents(self, tables, articles):
        self.looked_at += articles
        return {article: self.rows[article] for article in articles}

    def done(self, stop):
        planned = plan(stop, self)
        self.keys[stop.name] = {**self.keys.get(stop.name, {}), **planned.keys}
        self.looked_at = []
        return planned.stale


def test_a_source_that_changed_makes_its_article_stale():
    library = Library()
    assert library.done(AUDIT) == ["a", "b"]
    assert library.done(AUDIT) == []
    library.keys["extraction"]["b"] = "2"
    assert library.done(AUDIT) == ["b"]


def test_an_article_that_is_gone_is_forgotten():
    library = Library()
    library.done(AUDIT)
    del library.keys["extraction"]["b"]
    planned = plan(AUDIT, library)
    assert (planned.stale, planned.gone, planned.keys) == ([], ["b"], {"b": None})


def test_patients_stay_while_the_rows_they_rest_on_are_the_same():
    library = Library()
    assert library.done(SURVIVAL) == ["a", "b"]
    assert plan(SURVIVAL, library).keys == {} and library.looked_at == []  # nothing changed: no row is looked at
    library.keys["typed_tables"]["a"] = "other code, same rows"
    assert library.done(SURVIVAL) == []
    library.rows["a"] = "other rows"
    library.keys["typed_tables"]["a"] = "other code, other rows"
    assert library.done(SURVIVAL) == ["a"]


def test_patients_stay_when_the_article_is_no_longer_named():
    library = Library()
    library.done(SURVIVAL)
    library.draws["a"] = 0
    assert library.done(SURVIVAL) == []
    library.keys["extraction"]["a"] = "2"  # read anew, nothing else in it
    assert library.done(SURVIVAL) == []
    library.draws["a"] = 5
    assert library.done(SURVIVAL) == []  # they are there already
    library.draws["a"], library.draws["b"] = 7, 5
    assert library.done(SURVIVAL) == ["a", "b"]
