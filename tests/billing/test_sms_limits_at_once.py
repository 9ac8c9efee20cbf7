"""Two administrators press Save at the same moment: one is first, and the other is told."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from billing.allowance import BLANK, Daily
from billing.operations.allowances import AllowanceChange, Overtaken, set_allowances
from tests.billing.limits_page import allowance_of
from tests.cast import make_cast


@pytest.mark.django_db(transaction=True)
def test_of_two_saves_at_once_one_is_told_of_the_other() -> None:
    cast = make_cast()
    together = Barrier(2)

    def save(daily: int) -> list[Overtaken]:
        try:
            change = AllowanceChange(cast.vic, Daily("number", daily), seen=BLANK)
            together.wait()
            done = set_allowances(cast.harbor, changes=[change], actor=cast.ana, at=timezone.now())
            assert isinstance(done, list)
            return done
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = dict(zip((5, 7), threads.map(save, (5, 7)), strict=True))
    (first,) = [daily for daily, told in answers.items() if not told]
    (told,) = [told for daily, told in answers.items() if daily != first]
    assert [one.now for one in told] == [Daily("number", first)] == [allowance_of(cast.vic, tenant=cast.harbor)]
