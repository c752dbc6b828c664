"""The HTTP interface for registry systems: `/v1` and `/health`."""
