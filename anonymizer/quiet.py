"""No library writes to the terminal: its log lines and warnings may quote a letter."""

import logging
import warnings


def keep_quiet() -> None:
    """Turn off log lines and warnings in this process; our own messages do not use them."""
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
