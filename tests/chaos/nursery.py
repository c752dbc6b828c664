"""
Loads the real pipeline and the pages once and forks a service from it whenever it is asked to.

Starting Python and loading the model takes seconds, a fork milliseconds: a thousand kills need
that. Each child is a process of its own that runs the very functions of `anonymizer-service`.

    python -m tests.chaos.nursery < orders > process ids

An order is a line of JSON: {"kind": "api" | "worker", "settings": {…}, "fail": name, "nth": n,
"log": file}; the answer is the process id of the child.
"""

import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

from anonymizer.pipeline import Pipeline
from service import app, serving
from service.logs import configure_logs
from service.settings import Settings
from service.web.review.pages import compile_pages
from tests.chaos.failpoints import arm


def main() -> None:
    """Serve orders until standard input ends; then every child is gone too."""
    # nobody waits for the children: their going is seen in /proc
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    pipeline = Pipeline.load()
    compile_pages()
    print("ready", flush=True)
    children: set[int] = set()
    try:
        for line in sys.stdin:
            order = json.loads(line)
            pid = os.fork()
            if pid == 0:
                _live(order, pipeline)
            children.add(pid)
            print(pid, flush=True)
    finally:
        for pid in children:
            if Path(f"/proc/{pid}").exists():
                os.kill(pid, signal.SIGKILL)


def _live(order: dict[str, Any], pipeline: Pipeline) -> None:
    """In the child: be a service until killed; never come back."""
    status = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        _redirect(Path(order["log"]))
        app.load_pipeline = lambda _settings: pipeline  # type: ignore[assignment]  # loaded before the fork
        if order.get("fail"):
            arm(order["fail"], order["nth"])
        settings = Settings(**order["settings"])
        configure_logs(as_json=True)
        if order["kind"] == "api":
            serving.serve(settings, sample=False, tell=lambda _line: None, work=False)
        else:
            serving.run_worker(settings, tell=lambda _line: None)
        status = 0
    except BaseException as error:  # noqa: BLE001 - its kind is all that may be told
        sys.stderr.write(f"{type(error).__name__}\n")
    finally:
        sys.stderr.flush()
        os._exit(status)


def _redirect(log: Path) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    os.close(descriptor)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    os.close(empty)


if __name__ == "__main__":
    main()
