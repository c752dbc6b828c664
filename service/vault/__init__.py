"""Keys and sealing: what makes letters and identities unreadable without a key file. No SQL."""
