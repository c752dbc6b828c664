"""`anonymizer-service doctor`: looks at everything the service needs, changes and sends nothing."""
