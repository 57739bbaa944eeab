"""Every code block of README.md and docs/ does what it shows.

A page runs from top to bottom in a folder of its own that holds a copy of `scenarios/`.

- ``python`` blocks share one namespace.
- ``console`` blocks: a line that starts with ``$ `` is run by the shell (a line that ends with a
  backslash goes on in the next). It must succeed, or end with the status that a line like
  ``# exit 2`` right after it gives. Lines below it must appear in what it prints, one after
  the other; ``...`` stands for anything, on a line of its own for any number of lines. Each
  command has its own shell, so `cd` and `export` end with their line.
- ``yaml`` blocks must load. One that begins with ``# file: NAME`` is written to that file for the
  blocks that follow.
- ``text`` blocks are only shown. Other languages, and none, are refused.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from sim.scenario.yaml_files import read_value

ROOT = Path(__file__).resolve().parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
SECONDS_A_COMMAND = 900

FENCE = re.compile(r"^(?P<indent> *)(?P<fence>`{3,}|~{3,})(?P<language>.*)$")
EXIT = re.compile(r"^# exit (?P<status>\d+)\s*$")
FILE = re.compile(r"^# file: (?P<name>\S+)\s*$")


class Block(NamedTuple):
    """A fenced block, and the line of the page on which its text starts."""

    language: str
    text: str
    line: int


class Command(NamedTuple):
    """A command of a console block, and what it has to do."""

    line: str
    status: int
    output: str


def blocks(page: str) -> Iterator[Block]:
    """Read the fenced blocks of a page."""
    lines = enumerate(page.splitlines(), 1)
    for number, line in lines:
        opening = FENCE.match(line)
        if opening is None:
            continue
        body: list[str] = []
        for _, inner in lines:
            if re.fullmatch(rf" *{opening['fence']}+ *", inner):
                break
            body.append(inner)
        else:
            raise ValueError(f"line {number}: the block never ends")
        text = textwrap.dedent("\n".join(body)) + "\n"
        yield Block(opening["language"].strip(), text, number + 1)


def commands(text: str) -> Iterator[Command]:
    """Read the commands of a console block."""
    lines = text.splitlines()
    if not lines or not lines[0].startswith("$ "):
        raise ValueError("a console block begins with `$ ` and a command")
    starts = [at for at, line in enumerate(lines) if line.startswith("$ ")]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        rest = lines[start:end]
        command = rest.pop(0).removeprefix("$ ")
        while command.endswith("\\"):
            command += "\n" + rest.pop(0).removeprefix("> ")
        stated = EXIT.match(rest[0]) if rest else None
        status = int(stated["status"]) if stated else 0
        output = rest[1:] if stated else rest
        yield Command(command, status, "\n".join(output).strip("\n"))


def shows(printed: str, expected: str) -> bool:
    """Tell whether the expected lines appear in what was printed."""
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
        else:
            words = (re.escape(part) for part in line.rstrip().split("..."))
            pattern += ".*?".join(words) + r"[^\S\n]*\n"
    return re.search("^" + pattern, printed.rstrip("\n") + "\n", re.MULTILINE) is not None


def run_console(block: Block, folder: Path) -> None:
    """Run the commands of a console block."""
    tools = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": tools, "NO_COLOR": "1", "COLUMNS": "100"}
    for command in commands(block.text):
        done = subprocess.run(
            ["sh", "-c", command.line],
            check=False,
            cwd=folder,
            encoding="utf-8",
            env=environment,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=SECONDS_A_COMMAND,
        )
        assert done.returncode == command.status, f"$ {command.line}\n{done.stdout}"
        assert shows(done.stdout, command.output), (
            f"$ {command.line}\nshown:\n{command.output}\n\nprinted:\n{done.stdout}"
        )


def run_yaml(block: Block, folder: Path) -> None:
    """Load a YAML block, and write it to its file if it names one."""
    _, found = read_value(block.text, "block")
    problems = [one for one in found if not one.path.startswith("vary.")]  # paths, with dots
    assert not problems, "; ".join(str(problem) for problem in problems)
    named = FILE.match(block.text.partition("\n")[0])
    if named:
        target = (folder / named["name"]).resolve()
        assert target.is_relative_to(folder), f"{named['name']} is outside the working folder"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(block.text, encoding="utf-8")


def run_page(page: str, name: str, folder: Path) -> None:
    """Run the blocks of a page in ``folder``; what fails says on which line."""
    namespace: dict[str, object] = {"__name__": "__main__"}
    for block in blocks(page):
        try:
            match block.language:
                case "python":
                    # Empty lines in front make tracebacks count from the top of the page.
                    code = compile("\n" * (block.line - 1) + block.text, name, "exec")
                    exec(code, namespace)
                case "console":
                    run_console(block, folder)
                case "yaml":
                    run_yaml(block, folder)
                case "text":
                    pass
                case other:
                    raise ValueError(f"no rule for blocks of {other or 'no language'}")
        except Exception as error:
            error.add_note(f"in the block at {name}:{block.line}")
            raise


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make the folder that a page runs in."""
    place = tmp_path.resolve() / "work"
    shutil.copytree(ROOT / "scenarios", place / "scenarios")
    monkeypatch.chdir(place)
    return place


@pytest.mark.docs
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_the_blocks_of_a_page_run(page: Path, folder: Path) -> None:
    run_page(page.read_text(encoding="utf-8"), page.relative_to(ROOT).as_posix(), folder)


GOOD_PAGE = """\
```python
number = 40
```
1. In a list:
   ```python
   assert number + 2 == 42
   ```
```yaml
# file: sub/one.yaml
prison: {held: 1}
```
```console
$ cat sub/one.yaml
...held: 1}
$ echo a; echo b; \\
> echo c
a
...
c
$ exit 2
# exit 2
$ ls -d scenarios
scenarios
```
```text
$ false
```
````text
```python
assert False
```
````
"""


@pytest.mark.docs
def test_a_page_of_every_language_runs(folder: Path) -> None:
    run_page(GOOD_PAGE, "good.md", folder)
    assert (folder / "sub" / "one.yaml").is_file()


@pytest.mark.docs
@pytest.mark.parametrize(
    ("page", "error"),
    [
        pytest.param("```python\nassert False\n```\n", AssertionError, id="python raises"),
        pytest.param("```console\n$ exit 1\n```\n", AssertionError, id="command fails"),
        pytest.param("```console\n$ true\n# exit 2\n```\n", AssertionError, id="other status"),
        pytest.param("```console\n$ echo a\nb\n```\n", AssertionError, id="other output"),
        pytest.param("```console\n$ echo b; echo a\na\nb\n```\n", AssertionError, id="other order"),
        pytest.param("```console\n$ echo ab\nb\n```\n", AssertionError, id="half a line"),
        pytest.param("```console\nls\n```\n", ValueError, id="no prompt"),
        pytest.param("```yaml\na: 1\na: 2\n```\n", AssertionError, id="duplicate key"),
        pytest.param("```yaml\n# file: ../out.yaml\n```\n", AssertionError, id="file outside"),
        pytest.param("```bash\ntrue\n```\n", ValueError, id="unknown language"),
        pytest.param("```\ntrue\n```\n", ValueError, id="no language"),
        pytest.param("```python\n", ValueError, id="never ends"),
    ],
)
def test_a_page_that_is_wrong_fails(page: str, error: type[Exception], folder: Path) -> None:
    with pytest.raises(error):
        run_page(page, "wrong.md", folder)
