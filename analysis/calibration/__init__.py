"""History matching: which values of the inputs the record does not rule out (Craig et al. 1997; Vernon et al. 2010)."""
