"""Public ids read well over a phone; secrets are long and stored as digests only."""

from imes.kernel.ids import matches, named_by, public_id, secret_token, token_digest


def test_a_public_id_has_its_prefix_and_sixteen_unmistakable_characters() -> None:
    name = public_id("ntf")
    assert matches("ntf", name)
    assert not matches("alr", name)
    assert not matches("ntf", name + "0")
    assert not matches("ntf", name[:-1] + "o")
    assert not matches("ntf", name.upper())
    assert not matches("ntf", "")


def test_ids_and_tokens_do_not_repeat() -> None:
    assert len({public_id("ntf") for _ in range(2000)}) == 2000
    assert len({secret_token("hk") for _ in range(2000)}) == 2000


def test_every_place_of_an_id_is_random() -> None:
    drawn = [public_id("ntf").removeprefix("ntf_") for _ in range(500)]
    assert all(len({name[place] for name in drawn}) == 32 for place in range(16))


def test_a_token_is_found_by_its_digest_and_not_by_another() -> None:
    token = secret_token("hk")
    assert len(token) >= len("hk_") + 32
    assert token_digest(token) == token_digest(token)
    assert token_digest(token) != token_digest(token + "a")
    assert token.encode() not in token_digest(token)


def test_a_seed_gives_the_same_name_each_time_and_another_seed_another() -> None:
    names = [named_by(seed, prefix="ntf") for seed in ("a", "a", "b")]
    assert names[0] == names[1] != names[2]
    assert all(matches("ntf", name) for name in names)
