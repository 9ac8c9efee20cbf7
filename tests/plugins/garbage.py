"""Has Python look for garbage seldom: what a run has imported and collected is never any, and looking takes time."""

import gc

import pytest

#: New objects between two looks; Python's own choice is 700, and each third look or so goes through everything.
NEW_OBJECTS = 50_000


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Set aside what is there before the first test: a tenth of the run went into looking through it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(NEW_OBJECTS, 20, 20)
