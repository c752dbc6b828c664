"""Documents: bytes to text. One module per format."""
