"""Roles include each other in one line."""

from orchestratord.access.role import Role


def test_each_role_includes_itself_and_the_ones_before_it() -> None:
    assert [[one.includes(other) for other in Role] for one in Role] == [
        [True, False, False],
        [True, True, False],
        [True, True, True],
    ]
