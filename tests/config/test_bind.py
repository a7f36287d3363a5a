import pytest

from orchestratord.config.bind import check_bind, is_loopback
from orchestratord.errors import BadConfiguration


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "LOCALHOST", "::ffff:127.0.0.1"]
)
def test_only_this_machine_reaches_loopback(host: str) -> None:
    assert is_loopback(host)
    check_bind(host, has_tokens=False)


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.2", "box.example", "localhost.example", "::ffff:10.0.0.1"]
)
def test_beyond_loopback_a_token_must_exist(host: str) -> None:
    with pytest.raises(BadConfiguration, match="token create"):
        check_bind(host, has_tokens=False)
    check_bind(host, has_tokens=True)
