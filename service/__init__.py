"""The proofreading service: queue, review, decision and dispatch around the pure pipeline."""
