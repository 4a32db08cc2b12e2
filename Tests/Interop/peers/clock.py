"""Sets the wall clock of a switch, and of nobody else, while it runs."""

import os
import pathlib
import shutil
import struct
import subprocess

from peers.needs import Skipped

SOURCE = pathlib.Path(__file__).with_name("set_clock.c")


class SetClock:
    """A wall clock: `command` starts a program by it, `set` puts it so many seconds before or after the machine's."""

    def __init__(self, folder):
        compiler = shutil.which("cc") or shutil.which("clang") or shutil.which("gcc")
        if not compiler:
            raise Skipped("no C compiler")
        self.library, self.file = f"{folder}/set-clock.so", f"{folder}/clock"
        subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", self.library, str(SOURCE)], check=True)
        with open(self.file, "wb") as file:
            file.write(struct.pack("q", 0))

    def command(self, *command):
        return ["env", f"LD_PRELOAD={self.library}", f"SET_CLOCK_FILE={self.file}", *command]

    def set(self, seconds):
        with open(self.file, "r+b") as file:
            os.pwrite(file.fileno(), struct.pack("q", seconds), 0)
