"""
Letters as data: marked letters, small spec cases, and the scorer that holds the pipeline to them.

Everything here is invented. The corpus imports the library, never the other way round.
"""
