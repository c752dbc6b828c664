"""`python -m service` is `anonymizer-service`."""

from service.cli import main

main()
