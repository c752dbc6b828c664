"""Rules as data: policies, patterns, word lists. Read only through `anonymizer.rulebook`."""
