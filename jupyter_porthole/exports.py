"""Variables that tell programs where Jupyter shows what listens on a port.

They are set in Jupyter's own environment, since that is what all kernels
(`SessionManager.get_kernel_env`; `KernelProvisionerBase.pre_launch`, hence custom provisioners,
too) and terminals (`TermManagerBase.make_term_env`) are started with. Named apps get them as
well, and rightly, since their ports are shown at the same addresses. What runs within Jupyter
has to be loaded before: dask-labextension doesn't find its own dashboards by such a link.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

#: An address without a host and an app that accepts each `Origin`: what `bokeh.io.notebook` of
#: Bokeh 3 makes of this.
#:
#: `urljoin` leaves out a base whose scheme it doesn't know. The host is the only `Origin` that
#: the app accepts, but can't be the public one: through us it gets `localhost:<port>`, and its
#: port isn't known yet. The public `Origin` was judged by Jupyter before.
BOKEH_URL = "any://*"


@contextmanager
def exported(base_url: str, display_url: str) -> Iterator[None]:
    """Set those variables that are not set yet, for a while.

    :param base_url: Jupyter's, with slashes on both ends.
    :param display_url: `ServerApp.custom_display_url`.
    """
    added = {
        name: value
        for name, value in _variables(base_url, display_url).items()
        if name not in os.environ
    }
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def _variables(base_url: str, display_url: str) -> dict[str, str]:
    """Return the variables whose values are known.

    What ends up in a notebook has no host: the notebook's page has the right one, and nobody
    else knows it.
    """
    root = f"{base_url}proxy/"
    variables = {
        # `tensorboard.notebook` has the page resolve it.
        "TENSORBOARD_PROXY_URL": f"{root}%PORT%/",
        # `distributed.utils.format_dashboard_link` knows a `{host}`, too. That of a scheduler
        # within the kernel is an outer address of this machine, though, which isn't allowed.
        "DASK_DISTRIBUTED__DASHBOARD__LINK": f"{root}{{port}}/status",
    }
    hub_url = ""
    # Unlike in a Jupyter that somebody has started in a terminal of one of the hub's.
    if os.environ.get("JUPYTERHUB_SERVICE_PREFIX") == base_url:
        # Bokeh adds that prefix itself, and fails if there is none.
        variables["JUPYTER_BOKEH_EXTERNAL_URL"] = BOKEH_URL
        hub_url = os.environ.get("JUPYTERHUB_PUBLIC_URL", "")
    public = urlsplit(hub_url or display_url)
    if public.scheme and public.netloc:
        # VS Code's server gives its terminals a whole address, so programs expect one
        # (`new URL(…)` throws). Without the variable they name localhost, and VS Code's server
        # shows ports at an address of its own, which works here, too.
        variables["VSCODE_PROXY_URI"] = f"{public.scheme}://{public.netloc}{root}{{{{port}}}}/"
    return variables
