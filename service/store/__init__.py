"""The only SQL of the service. Every change takes the audit event that tells of it."""
