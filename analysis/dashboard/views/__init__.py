"""The views of the page, one per tab."""

from typing import Final

from analysis.dashboard.views import profit
from analysis.dashboard.views.view import View

VIEWS: Final[tuple[View, ...]] = (profit.VIEW,)
