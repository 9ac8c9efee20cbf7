"""What a list says when it shows nothing: other words for an empty log than for a search that finds nothing."""

from tests.cast import Cast
from tests.members.web import signed_in

LEDGER = "/admin/members/consentevent/"


def test_an_empty_log_offers_nothing_to_create_and_a_search_says_that_nothing_fits(cast: Cast) -> None:
    client = signed_in(cast.ana)
    html = client.get(LEDGER).content.decode()
    assert "The first line comes when somebody accepts an invite or texts back." in html
    assert "nothing fits" not in html
    assert "Reset filters" not in html
    html = client.get(f"{LEDGER}?q=nothing").content.decode()
    assert "Consent ledger: nothing fits the search and the filters." in html
    assert "Reset filters" in html
