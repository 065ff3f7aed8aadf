"""The firms of each layer."""

from market.firms.chip_vendor import ChipVendor
from market.firms.cloud import Cloud
from market.firms.firm import Firm
from market.firms.host import Host
from market.firms.lab import Lab
from market.firms.power_supplier import PowerSupplier
from market.firms.reseller import Reseller
from market.firms.server_maker import ServerMaker

__all__ = ["ChipVendor", "Cloud", "Firm", "Host", "Lab", "PowerSupplier", "Reseller", "ServerMaker"]
