"""The processes of named apps: started, watched, started again, and ended with Jupyter."""

from .all_processes import Processes
from .app_process import AppProcess
from .failures import Failure
from .launch import Launch, LaunchError
from .options import ProcessOptions
from .output import Output
from .places import Place
from .readiness import Readiness

__all__ = [
    "AppProcess",
    "Failure",
    "Launch",
    "LaunchError",
    "Output",
    "Place",
    "ProcessOptions",
    "Processes",
    "Readiness",
]
