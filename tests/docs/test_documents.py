"""The documents are true where a machine can tell: what they name is there, and they speak of the project alone."""

import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
DOCUMENTS = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/**/*.md"), *PROJECT.glob("requirements/*.md")])
LINK = re.compile(r"\[[^\]]+\]\((?!https?:)([^)#\s]+)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(PROJECT)))
def test_what_a_document_links_to_is_there(document: Path) -> None:
    missing = [target for target in LINK.findall(document.read_text()) if not (document.parent / target).exists()]
    assert not missing


def test_the_architecture_names_every_room_and_no_other() -> None:
    plan = (PROJECT / "ARCHITECTURE.md").read_text().split("## The rooms")[1].split("```")[1]
    named = set(re.findall(r"^  ([a-z_]+(?:/|\.py))", plan, re.MULTILINE))
    package = PROJECT / "orchestratord"
    rooms = {f"{path.name}/" for path in package.iterdir() if path.is_dir() and (path / "__init__.py").exists()}
    files = {path.name for path in package.glob("*.py")} - {"__init__.py"}
    assert named == rooms | files


def test_every_record_of_a_decision_has_a_number_of_its_own() -> None:
    numbers = [path.name[:4] for path in sorted((PROJECT / "docs/adr").glob("*.md"))]
    assert numbers == [f"{number:04}" for number in range(1, len(numbers) + 1)]
    for path in (PROJECT / "docs/adr").glob("*.md"):
        assert path.read_text().startswith(f"# {int(path.name[:4])}. ")


def test_the_project_names_no_place_of_a_machine_it_was_written_on() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    pattern = re.compile(r"/(?:work|farm)/(?:main|shared)|pypi\.org|registry\.npmjs|deb\.debian\.org")
    for name in listed.splitlines():
        path = PROJECT / name
        if path.is_file() and path != Path(__file__):
            assert not pattern.search(path.read_text(errors="replace")), name
