"""Thin routes: read a request, call one action, answer."""
