"""Records of ClinicalTrials.gov: how they are fetched, kept and read."""
