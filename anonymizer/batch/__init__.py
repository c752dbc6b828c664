"""
Many letters at once: files in, files out, or JSON Lines in and out, on several processes.

`workers` loads the pipeline once per process; `plan` decides what is to be done and under which
names; `folders` and `stream` do it; `report` and `files` keep it safe on disk.
"""
