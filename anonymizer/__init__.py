"""De-identification of letters between stem-cell donors and patients: the pipeline and its CLI."""
