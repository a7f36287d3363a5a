"""The YAML reader's complaints in words for whoever wrote the file."""

import re
from typing import Final

import yaml

__all__ = ["explain", "guess_encoding", "lines_of"]

_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"found character '\\t'", "a tab stands here: YAML is indented with spaces only"),
    (r"found character '([^']+)' that cannot start", "a value cannot start with {0}: put it in quotes"),
    (r"expected <block end>, but found '-'", 'this "-" does not stand below the "-" of its list: align them'),
    (r"expected <block end>", "this line is indented like none of those above: align it with its neighbours"),
    (r"could not find expected ':'", 'this line has no ":" behind its key'),
    (r"expected alphabetic or numeric character", "a text that starts with * or & needs quotes"),
    (r"found undefined alias '([^']*)'", "*{0} is nowhere given with &{0}: a text that starts with * needs quotes"),
    (
        r"found unknown escape character '([^']*)'",
        "\\{0} is not known in double quotes: use single quotes, as for regular expressions",
    ),
    (r"but found another document", 'a second document starts here: take the "---" away'),
    (r"found duplicate anchor", "this &name is given twice: choose another for one of them"),
    (r"blocks stand in more than (\d+) others", "blocks stand in more than {0} others: too deep"),
    (r"more than (\d+) values", "more than {0} values: this cannot be the configuration"),
    (r"could not determine a constructor|found undefined tag handle", "tags (!…) are not known: write the value alone"),
    (r"sequence entries are not allowed", 'a "-" in the wrong place: a list starts on a line of its own'),
)  # fmt: skip

_NEVER_CLOSED: Final = (
    (r"while scanning a quoted scalar", r"found unexpected (?:end of stream|document separator)", "the quote"),
    (r"while parsing a flow sequence", r"expected ',' or '\]'", "the ["),
    (r"while parsing a flow mapping", r"expected ',' or '\}'", "the {"),
)

_START: Final = yaml.Mark("", 0, 0, 0, "", 0)

_LOOK_ALIKES: Final = {
    "：": 'a full-width "：" stands in this line: YAML needs ":" and a space',
    "　": "a full-width space (U+3000) stands in this line: YAML needs plain spaces",
    "\xa0": "a no-break space (U+00A0) stands in this line: YAML needs plain spaces",
}

_ENCODINGS: Final = (("cp932", "Shift_JIS"), ("euc_jp", "EUC-JP"), ("cp1252", "Latin-1"))


def explain(error: yaml.MarkedYAMLError, text: str) -> tuple[str, yaml.Mark]:
    """What to tell the writer, and where."""
    problem, context = error.problem or "", error.context or ""
    mark = error.problem_mark or error.context_mark or _START
    for within, what, opener in _NEVER_CLOSED:
        if error.context_mark and re.search(within, context) and re.search(what, problem):
            return f"{opener} that opens here is not closed", error.context_mark
    if alike := _look_alike(text, mark.line):
        return alike, mark
    if "mapping values are not allowed" in problem:
        return _stray_colon(text, mark)
    for pattern, words in _WORDS:
        if found := re.search(pattern, problem):
            if "could not find" in pattern and error.context_mark:
                mark = error.context_mark
            return words.format(*found.groups()), mark
    return f"not YAML: {problem or context or 'it cannot be read'}", mark


def lines_of(text: str) -> list[str]:
    """The lines as YAML counts them: more characters than a line feed end one."""
    return re.split("\r\n|[\r\n\x85\u2028\u2029]", text)


def guess_encoding(raw: bytes) -> str:
    """`` (it looks like Shift_JIS)``, or nothing."""
    for codec, name in _ENCODINGS:
        try:
            raw.decode(codec)
        except UnicodeDecodeError:
            continue
        return f" (it looks like {name})"
    return ""


def _stray_colon(text: str, mark: yaml.Mark) -> tuple[str, yaml.Mark]:
    """A ":" where no key can end: this line holds two of them, or it continues the line above."""
    lines = lines_of(text)
    line, above = lines[mark.line], mark.line - 1
    if re.search(r":\s", line[: mark.column]):
        return 'a second ":" in one line: a text that holds ": " needs quotes', mark
    if above >= 0 and (tight := re.match(r"[\s-]*[A-Za-z_]\w*:(?=[^\s/])", lines[above])):
        return 'a ":" needs a space behind it', yaml.Mark("", 0, above, tight.end() - 1, "", 0)
    start = len(line) - len(line.lstrip())
    message = "this line is indented deeper than the one above, which has its value already: align them"
    return message, yaml.Mark("", 0, mark.line, start, "", 0)


def _look_alike(text: str, line: int) -> str:
    """A character that looks like one of YAML's own, in the faulty line or the one before, outside of quotes."""
    lines = lines_of(text)
    for candidate in lines[max(0, line - 1) : line + 1]:
        bare = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", candidate)
        for character, words in _LOOK_ALIKES.items():
            if character in bare:
                return words
    return ""
