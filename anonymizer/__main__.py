"""`python -m anonymizer` is `anonymizer`."""

from anonymizer.cli import main

main()
