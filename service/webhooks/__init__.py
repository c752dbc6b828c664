"""Telling registry clients a status word: who is told, how it is signed, how it is sent."""
