"""Pure rules of the service: states, people, corrections, audit. No database, no web."""
