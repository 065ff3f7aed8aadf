"""Who takes part in the token market, and who of them is in business."""

from market.economy import Economy
from market.firms import ChipVendor, Cloud, Firm, Host, Lab, PowerSupplier, Reseller, ServerMaker
from market.firms.operator import Operator
from market.firms.producer import Producer
from market.users.segment import Segment


class Roster(Economy):
    """An economy with the firms of the token market and its segments of users, each in a list by index."""

    vendors: list[ChipVendor]
    makers: list[ServerMaker]
    suppliers: list[PowerSupplier]
    clouds: list[Cloud]
    labs: list[Lab]
    hosts: list[Host]
    resellers: list[Reseller]
    segments: list[Segment]

    @property
    def firms(self) -> list[Firm]:
        """All firms there have ever been, by kind and index."""
        labs = [lab for lab in self.labs if not lab.to_come]
        return [*self.vendors, *self.makers, *self.suppliers, *self.clouds, *labs, *self.hosts, *self.resellers]

    @property
    def open_labs(self) -> list[Lab]:
        """Labs in business."""
        return [lab for lab in self.labs if lab.alive]

    @property
    def open_hosts(self) -> list[Host]:
        """Hosts in business."""
        return [host for host in self.hosts if host.alive]

    @property
    def producers(self) -> list[Producer]:
        """All who make tokens."""
        return [*self.labs, *self.hosts]

    @property
    def open_producers(self) -> list[Producer]:
        """Producers in business, labs first."""
        return [*self.open_labs, *self.open_hosts]

    @property
    def operators(self) -> list[Operator]:
        """All who own fleets of servers, as assets count their owners."""
        return [*self.labs, *self.clouds]

    @property
    def open_operators(self) -> list[Operator]:
        """Operators in business."""
        return [operator for operator in self.operators if operator.alive]

    @property
    def open_resellers(self) -> list[Reseller]:
        """Resellers in business."""
        return [reseller for reseller in self.resellers if reseller.alive]
