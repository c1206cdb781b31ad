# Stands between Countersign and Redis and loses what a test tells it to lose.
# SPDX-License-Identifier: Apache-2.0
import re
import socket
import threading

from services import read_reply


def is_claim(words):
    """Whether a command runs the script that takes a use: it carries an id and a claim."""
    return (len(words) > 17 and words[0].upper().startswith(b"EVAL")
            and re.fullmatch(rb"[0-9A-Z]{26}", words[8]) is not None
            and re.fullmatch(rb"[0-9a-f]{32}", words[9]) is not None)


def is_opening(words):
    """Whether a command asks for an approval: it carries an id and a binding."""
    return (len(words) > 17 and words[0].upper().startswith(b"EVAL")
            and re.fullmatch(rb"[0-9A-Z]{26}", words[8]) is not None
            and re.fullmatch(rb"[0-9a-f]{64}", words[9]) is not None)


class Relay:
    """
    A port that leads to the Redis at `path`.  lose(what, which) arms it once: at the next
    command for which `which` holds, the "command" or its "reply" is lost; `lost` tells when.
    Then the connection hangs until cut() ends it, as one does whose number is in `mute`.
    """

    def __init__(self, path):
        self.path = str(path)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = "redis://127.0.0.1:%d" % self.listener.getsockname()[1]
        self.lost = threading.Event()
        self.what = self.which = None
        self.hanging = None
        self.mute = set()  # numbers of connections, from 0, on which nothing comes through
        self.pairs = []
        threading.Thread(target=self._accept, daemon=True).start()

    def lose(self, what, which):
        self.lost.clear()
        self.what, self.which = what, which

    def cut(self):
        """Ends the connection on which something was lost."""
        end(self.hanging)

    def close(self):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for pair in self.pairs:
            end(pair)

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            far = socket.socket(socket.AF_UNIX)
            try:
                far.connect(self.path)
            except OSError:
                near.close()
                continue
            pair = Pair(near, far)
            pair.is_mute = len(self.pairs) in self.mute
            self.pairs.append(pair)
            threading.Thread(target=self._commands, args=(pair,), daemon=True).start()
            threading.Thread(target=self._replies, args=(pair,), daemon=True).start()

    def _commands(self, pair):
        source = pair.near.makefile("rb")
        try:
            while True:
                words = read_reply(source)
                if self.which and self.which(words):
                    self._lose_at(pair, words)
                elif not pair.is_mute:
                    pair.far.sendall(packed(words))
        except (OSError, RuntimeError, AssertionError, ValueError):
            end(pair)

    def _lose_at(self, pair, words):
        pair.which, self.which = self.which, None
        pair.is_mute = True
        self.hanging = pair
        if self.what == "reply":
            pair.far.sendall(packed(words))
            return  # _replies() tells when Redis has carried it out
        self.lost.set()

    def _replies(self, pair):
        try:
            while data := pair.far.recv(65536):
                if pair.is_mute and data.startswith(b"-NOSCRIPT"):
                    # Not carried out: it comes again, with the script's text.
                    pair.is_mute = False
                    self.which = pair.which
                    pair.near.sendall(data)
                elif pair.is_mute:
                    self.lost.set()
                else:
                    pair.near.sendall(data)
        except OSError:
            pass
        end(pair)


class Pair:
    def __init__(self, near, far):
        self.near, self.far = near, far
        self.is_mute = False
        self.which = None


def packed(words):
    return b"*%d\r\n" % len(words) + b"".join(
        b"$%d\r\n%s\r\n" % (len(word), word) for word in words)


def end(pair):
    for side in (pair.near, pair.far):
        try:
            side.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
