"""
The pipeline beside other tools, on the same letters, scored by the same rules: `corpus bench`.

A system is a name and a function from a text to the passages it would mask. Other tools are looked
up by name when they are asked for: none of them need be installed, and none is ever downloaded.
"""
