from pathlib import Path

import pytest

from orchestratord.config.faults import ConfigurationFaults
from orchestratord.config.load import load
from tests.config.broken import Case, cases, furnish

_CASES = cases()


@pytest.mark.parametrize("case", _CASES, ids=lambda case: case.title.replace(" ", "_"))
def test_a_broken_configuration_is_told_where_it_is_wrong_and_what_to_do(case: Case, tmp_path: Path) -> None:
    furnish(tmp_path)
    file = tmp_path / "cluster.yaml"
    file.write_bytes(case.file)
    with pytest.raises(ConfigurationFaults) as refused:
        load(file, case.environ, has_tokens=False)
    said = refused.value.message.replace(str(file), "FILE").replace(str(tmp_path), "HERE")
    assert said.splitlines() == case.says


def test_the_book_of_broken_configurations_is_whole() -> None:
    assert len(_CASES) >= 100
    assert len({case.title for case in _CASES}) == len(_CASES)
    assert not [case.title for case in _CASES if not case.says]


def test_no_message_shows_a_secret() -> None:
    assert not [case.title for case in _CASES if any("hunter2" in line for line in case.says)]
