"""All views of a run by the name of their tab."""

from typing import Final

from analysis.dashboard.views import chain, commons, dollar, factory, market, plans, prices, profit, verdict
from analysis.dashboard.views.view import View

_MODULES: Final = (profit, verdict, dollar, plans, prices, market, factory, chain, commons)
VIEWS: Final[dict[str, View]] = {module.VIEW.name: module.VIEW for module in _MODULES}
