"""How often a process that serves looks for garbage."""

import gc

#: New objects before it looks. A batch of a hundred messages makes some twenty thousand, hardly one of them a cycle.
_NEW_OBJECTS = 20_000


def settle() -> None:
    """Take what is loaded for no garbage; call it once, when everything is loaded.

    Looking through all of it again and again took an eighth of a worker's time. A process that looks more seldom
    already is left as it is.
    """
    gc.collect()
    gc.freeze()
    if gc.get_threshold()[0] < _NEW_OBJECTS:
        gc.set_threshold(_NEW_OBJECTS, 20, 20)
