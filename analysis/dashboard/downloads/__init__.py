"""What a visitor can take along as files: the scenario, the results, the figures, and a page of the run."""
