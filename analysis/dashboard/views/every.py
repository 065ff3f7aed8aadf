"""All views by the name of their tab."""

from typing import Final

from analysis.dashboard.views import profit
from analysis.dashboard.views.view import View

VIEWS: Final[dict[str, View]] = {view.name: view for view in (profit.VIEW,)}
