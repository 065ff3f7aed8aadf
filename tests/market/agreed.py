"""What labs and their resellers agree on, over all links of a lab."""

import numpy as np

from market.markets.tokens.bargaining import bargained_links, mean_of_links


def wholesale_agreed(demand, labs, resellers, costs) -> np.ndarray:
    return mean_of_links(bargained_links(demand, labs, resellers, costs), demand, labs, resellers)
