"""The agents: firms of each layer and segments of users."""

from market.agents.chip_vendor import ChipVendor
from market.agents.firm import Firm
from market.agents.lab import Lab
from market.agents.power_supplier import PowerSupplier
from market.agents.reseller import Reseller
from market.agents.segment import Segment
from market.agents.server_maker import ServerMaker

__all__ = ["ChipVendor", "Firm", "Lab", "PowerSupplier", "Reseller", "Segment", "ServerMaker"]
