"""Step 10: how an approved letter gets to the clinic."""
