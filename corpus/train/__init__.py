"""Training of the name tagger: `python -m corpus.train --data DIR --out DIR [--work DIR]`."""
