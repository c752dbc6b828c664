"""Debian's Chromium without a window: the engine of the desktop browser, at less work."""

#: From the package chromium-headless-shell.
CHROMIUM = "/usr/bin/chromium-headless-shell"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-dev-shm-usage",
)
