"""A program that notes its number in a file and sleeps; `fall` ends at once, `stubborn` ignores SIGTERM."""

import os
import signal
import sys
import time

from kontor.config.processes import follow_parent

if __name__ == "__main__":
    file, *how = sys.argv[1:]
    if how == ["stubborn"]:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    follow_parent()
    with open(file, "a") as notes:  # noqa: PTH123  read by the test while it grows
        notes.write(f"{os.getpid()}\n")
    if how != ["fall"]:
        time.sleep(60)
