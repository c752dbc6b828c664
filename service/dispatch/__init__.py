"""Step 10: how an approved letter gets to the clinic or the donor centre."""
