"""Sellers that learn what to charge: the repeated pricing game of Calvano et al. (2020), compiled, and as a model."""
