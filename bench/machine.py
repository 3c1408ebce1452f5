"""What every benchmark does with the machine: a free port, a program that must succeed, a word to whoever waits."""

import socket
import subprocess
import sys


def say(text):
    print(f"==> {text}", file=sys.stderr, flush=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def run(command, **options):
    """What it has printed; the benchmark ends where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, **options)
    if done.returncode:
        raise SystemExit(f"{' '.join(command[:3])} failed: {done.stderr}")
    return done.stdout
