# What the viewer of the demo sees, and the keys he presses.
# SPDX-License-Identifier: Apache-2.0
import contextlib
import os
import select
import shutil
import sys
import termios
import textwrap
import time
import tty


class Screen:
    """What the viewer sees, in 80 columns, with colours on a terminal that wants them."""

    def __init__(self):
        self.is_terminal = sys.stdin.isatty() and sys.stdout.isatty()
        self.has_colours = self.is_terminal and not os.environ.get("NO_COLOR")

    def paint(self, code, text):
        return f"\x1b[{code}m{text}\x1b[0m" if self.has_colours else text

    def title(self, text):
        self.line()
        self.line(self.paint("1", text))

    def line(self, text=""):
        print(f"  {text}".rstrip(), flush=True)

    def command(self, text):
        first, *rest = text.split("\n")
        for part in [f"$ {first}", *rest]:
            self.line(self.paint("36", part))

    def good(self, text):
        self.line(self.paint("32", text))

    def bad(self, text):
        self.line(self.paint("31", text))

    def cut(self, text, width=76):
        return text if len(text) <= width else text[:width - 3] + "..."

    def wrapped(self, text, show=None):
        """Text of any length, in lines that fit."""
        for part in textwrap.wrap(text, 76, break_on_hyphens=False):
            (show or self.line)(part)

    def link(self, url):
        """From the first column, so that a terminal that wraps it can still be clicked on."""
        print(self.paint("4", url), flush=True)

    def counter(self, *parts):
        """One line that is written over again and again; parts are (text, colour or "").

        A line that wrapped could not be written over: it is cut to the width.
        """
        if not self.is_terminal:
            return
        room = shutil.get_terminal_size().columns - 3
        shown = ""
        for text, colour in parts:
            text = text[:room]
            room -= len(text)
            shown += self.paint(colour, text) if text and colour else text
        print(f"\r  {shown}\x1b[K", end="", flush=True)

    def end_counter(self):
        if self.is_terminal:
            print("\r\x1b[K", end="", flush=True)

    @contextlib.contextmanager
    def keys(self):
        """Inside, one key is one character and needs no Enter; Ctrl-C stays Ctrl-C."""
        if not self.is_terminal:
            yield
            return
        before = termios.tcgetattr(sys.stdin)
        tty.setcbreak(sys.stdin)
        try:
            yield
        finally:
            termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)

    def key(self, seconds):
        """The key pressed within that time, or ""."""
        if not self.is_terminal:
            time.sleep(seconds)
            return ""
        if select.select([sys.stdin], [], [], seconds)[0]:
            return os.read(sys.stdin.fileno(), 1).decode(errors="replace").lower()
        return ""
