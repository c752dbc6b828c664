"""Who somebody is: passwords, one-time codes, and the identity provider. No SQL, no pages."""
