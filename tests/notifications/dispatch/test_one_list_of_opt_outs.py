"""The codes by which a provider says that the recipient has opted out stand in two places, which agree."""

from notifications.dispatch.opted_out import OPT_OUT_CODES as BY_CATALOGUE
from notifications.dispatch.opted_out import is_opt_out
from notifications.models import Attempt
from notifications.models.attempt import OPT_OUT_CODES as BY_INDEX
from notifications.models.sender import PROVIDERS


def test_the_index_of_attempts_and_the_catalogue_of_faults_name_the_same_codes() -> None:
    assert set(BY_INDEX) == frozenset().union(*BY_CATALOGUE.values())
    assert len(BY_INDEX) == len(set(BY_INDEX))
    assert set(BY_CATALOGUE) == {provider for provider, _ in PROVIDERS}
    assert all(BY_CATALOGUE.values())


def test_the_index_in_the_database_is_made_of_them() -> None:
    (index,) = [index for index in Attempt._meta.indexes if index.name == "attempt_opted_out"]
    assert index.condition is not None
    assert index.condition.children == [("fault_code__in", BY_INDEX)]


def test_a_code_is_an_opt_out_at_the_provider_whose_it_is_alone() -> None:
    # The index looks for any of them whoever said it, so that what it finds is asked once more.
    told = {(provider, code) for provider, _ in PROVIDERS for code in BY_INDEX if is_opt_out(provider, code)}
    assert told == {("twilio", "21610"), ("twilio", "30630"), ("azure", "4007")}
