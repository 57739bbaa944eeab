"""A real browser, without a window, driven through a pipe: no port, no library."""

from __future__ import annotations

import base64
import contextlib
import fcntl
import itertools
import json
import os
import signal
import time
from pathlib import Path

CHROMIUM = "chromium"
SECONDS = 60
QUIET = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-extensions", "--disable-default-apps", "--disable-dev-shm-usage",
    "--hide-scrollbars",
)  # fmt: skip


class Browser:
    """Chromium with one page; everything that the page asks for or complains of is kept."""

    def __init__(self, profile: Path):
        their_in, self.input = os.pipe()
        self.output, their_out = os.pipe()
        # Chromium reads commands from descriptor 3 and answers on 4.
        high = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, 10) for end in (their_in, their_out)]
        actions = [(os.POSIX_SPAWN_DUP2, end, place) for place, end in enumerate(high, 3)]
        actions += [(os.POSIX_SPAWN_OPEN, out, os.devnull, os.O_WRONLY, 0) for out in (1, 2)]
        words = [CHROMIUM, *QUIET, "--remote-debugging-pipe", f"--user-data-dir={profile}"]
        self.pid = os.posix_spawnp(CHROMIUM, words, os.environ, file_actions=actions)
        for end in (their_in, their_out, *high):
            os.close(end)
        self.rest = b""
        self.numbers = itertools.count(1)
        self.asked: list[str] = []
        self.errors: list[str] = []
        self.loaded = False
        self.session: str | None = None
        page = self.call("Target.createTarget", url="about:blank")["targetId"]
        found = self.call("Target.attachToTarget", targetId=page, flatten=True)
        self.session = found["sessionId"]
        for domain in ("Page", "Network", "Log", "Runtime"):
            self.call(f"{domain}.enable")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError, RuntimeError):
            self.session = None
            self.call("Browser.close")
        until = time.monotonic() + 10
        while os.waitpid(self.pid, os.WNOHANG)[0] == 0:
            if time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                os.waitpid(self.pid, 0)
                break
            time.sleep(0.05)
        os.close(self.input)
        os.close(self.output)

    def call(self, method: str, **parameters):
        """Send a command and wait for its answer; events met on the way are kept."""
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        os.write(self.input, json.dumps(message).encode() + b"\0")
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            found = self._next()
            if found.get("id") == number:
                if "error" in found:
                    raise RuntimeError(f"{method}: {found['error']['message']}")
                return found["result"]
            self._event(found)
        raise RuntimeError(f"{method}: no answer in {SECONDS} seconds")

    def _next(self):
        while b"\0" not in self.rest:
            chunk = os.read(self.output, 1 << 16)
            if not chunk:
                raise RuntimeError("the browser ended")
            self.rest += chunk
        one, self.rest = self.rest.split(b"\0", 1)
        return json.loads(one)

    def _event(self, event) -> None:
        name, about = event.get("method"), event.get("params", {})
        if name == "Network.requestWillBeSent":
            self.asked.append(about["request"]["url"])
        elif name == "Log.entryAdded" and about["entry"]["level"] in ("error", "warning"):
            self.errors.append(about["entry"]["text"])
        elif name == "Runtime.exceptionThrown":
            self.errors.append(json.dumps(about["exceptionDetails"]))
        elif name == "Runtime.consoleAPICalled" and about["type"] in ("error", "warning", "assert"):
            self.errors.append(json.dumps(about["args"]))
        elif name == "Page.loadEventFired":
            self.loaded = True

    def look(self, width: int, *, dark: bool = False, height: int = 900, media: str = "") -> None:
        """Set the width of the window, the colours that the reader prefers, and the medium."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=width < 600)  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.call("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def open(self, path: Path) -> None:
        """Open a file and wait until it is loaded."""
        self.loaded = False
        self.call("Page.navigate", url=path.resolve().as_uri())
        until = time.monotonic() + SECONDS
        while not self.loaded:
            assert time.monotonic() < until, "the page did not load"
            self.evaluate("1")

    def evaluate(self, expression: str):
        """Return the value of an expression in the page."""
        found = self.call("Runtime.evaluate", expression=expression, returnByValue=True,
                          awaitPromise=True)  # fmt: skip
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def picture(self, path: Path, top: int = 0, height: int | None = None) -> None:
        """Save what the page looks like, from one height down."""
        size = self.call("Page.getLayoutMetrics")["cssContentSize"]
        whole = size["height"] - top if height is None else min(height, size["height"] - top)
        clip = {"x": 0, "y": top, "width": size["width"], "height": whole, "scale": 1}
        found = self.call("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        path.write_bytes(base64.b64decode(found["data"]))

    def printed(self, path: Path) -> None:
        """Save the page as it prints, as PDF."""
        path.write_bytes(base64.b64decode(self.call("Page.printToPDF")["data"]))

    def point(self, x: float, y: float) -> None:
        """Rest the pointer somewhere."""
        self.call("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    def press(self, key: str) -> None:
        """Press a key."""
        for kind in ("rawKeyDown", "keyUp"):
            codes = {"Tab": 9, "Enter": 13}
            text = {"text": "\r"} if key == "Enter" and kind == "rawKeyDown" else {}
            self.call("Input.dispatchKeyEvent", type="keyDown" if text else kind, key=key,
                      code=key, windowsVirtualKeyCode=codes[key], **text)  # fmt: skip
