"""LaTeX that has to compile."""

import re
import subprocess


def compiles(engine, text, folder):
    """Compile a document, which may not be wider than its page."""
    (folder / "t.tex").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [engine, "-interaction=nonstopmode", "-halt-on-error", "t.tex"], cwd=folder,
        capture_output=True, timeout=60,
    )  # fmt: skip
    log = (folder / "t.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, [x for x in log.splitlines() if x.startswith("!")]
    too_wide = re.findall(r"Overfull \\hbox \((\d+)", log)
    assert not [x for x in too_wide if int(x) > 15], too_wide  # trillions beside billionths
