"""All figures, in the order in which they are measured."""

from __future__ import annotations

from .api import API_FIGURES
from .figure import Figure
from .fixed_pages import FIXED_PAGE_FIGURES
from .http import HTTP_FIGURES
from .large_file import LARGE_FILE_FIGURES
from .memory import MEMORY_AFTER, MEMORY_BEFORE
from .pages import PAGE_FIGURES
from .transfer import TRANSFER_FIGURES
from .websockets import WEBSOCKET_FIGURES

#: By name. What a fresh process is needed for comes first; warm-ups are made before those
#: that are measured several times.
CATALOGUE: dict[str, Figure] = {
    figure.name: figure
    for figure in (
        *MEMORY_BEFORE,
        *HTTP_FIGURES,
        *LARGE_FILE_FIGURES,
        *WEBSOCKET_FIGURES,
        *API_FIGURES,
        *PAGE_FIGURES,
        *FIXED_PAGE_FIGURES,
        *TRANSFER_FIGURES,
        *MEMORY_AFTER,
    )
}
