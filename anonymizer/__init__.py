"""De-identification of letters between stem-cell donors and patients: the pure pipeline and its CLI."""
