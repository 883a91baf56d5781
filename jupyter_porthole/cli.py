"""The console command `jupyter porthole`."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version

from .demo.ports import DEFAULT_SERVICE_PORT, DEFAULT_SITE_PORT, port_is_free
from .demo.run import DemoOptions, missing_packages, run

#: The subcommand that serves an app without a Jupyter.
STANDALONE = "standalone"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line `argv` (default: this process's own) and return the exit status."""
    given = sys.argv[1:] if argv is None else list(argv)
    if given[:1] == [STANDALONE]:
        # Its options are read by traitlets, with those that stand in configuration files.
        return _standalone(given[1:])
    parser = _build_parser()
    arguments = parser.parse_args(given)
    handler = getattr(arguments, "handler", None)
    if handler is None:
        parser.print_help()
        return 0
    status: int = handler(arguments)
    return status


def _build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="jupyter porthole",
        description="See the web apps that run beside Jupyter, through Jupyter's own address.",
    )
    parser.add_argument("--version", action="version", version=_installed_version())
    subcommands = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND")
    _add_demo(subcommands)
    subcommands.add_parser(STANDALONE, help="serve one app behind JupyterHub's login, or none")
    return parser


def _standalone(arguments: list[str]) -> int:
    # Only now: it takes a while, and may need what isn't installed.
    from .standalone.application import main as serve

    return serve(arguments, _installed_version())


def _add_demo(subcommands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = subcommands.add_parser(
        "demo",
        help="start JupyterLab with two example apps behind it",
        description="Start JupyterLab under /jupyter/ in a temporary workspace, with a static site "
        "and a FastAPI service behind it and a tile for each. Your own Jupyter settings are "
        "neither read nor changed. Everything ends with Ctrl-C.",
    )
    parser.add_argument(
        "--port",
        type=_port,
        help="JupyterLab's port (default: 8888, or the next free one)",
    )
    parser.add_argument(
        "--site-port",
        type=_port,
        help=f"the static site's port (default: {DEFAULT_SITE_PORT}, or a free one)",
    )
    parser.add_argument(
        "--service-port",
        type=_port,
        help=f"the FastAPI service's port (default: {DEFAULT_SERVICE_PORT}, or a free one)",
    )
    browser = parser.add_mutually_exclusive_group()
    browser.add_argument(
        "--open", action="store_true", dest="open_browser", help="open JupyterLab in a browser"
    )
    browser.add_argument(
        "--no-browser",
        action="store_false",
        dest="open_browser",
        help="only print the address (default)",
    )
    parser.set_defaults(handler=lambda arguments: _demo(parser, arguments), open_browser=False)


def _demo(parser: argparse.ArgumentParser, arguments: argparse.Namespace) -> int:
    named = {
        "--port": arguments.port,
        "--site-port": arguments.site_port,
        "--service-port": arguments.service_port,
    }
    given = {option: port for option, port in named.items() if port is not None}
    if len(set(given.values())) < len(given):
        parser.error(f"{', '.join(given)}: each needs a port of its own")
    for option, port in given.items():
        if not port_is_free(port):
            parser.error(f"argument {option}: port {port} is in use or may not be used")
    missing = missing_packages()
    if missing:
        print(
            f"The demo also needs {', '.join(missing)}: "
            'install with pip install "jupyter-porthole[demo]".',
            file=sys.stderr,
        )
        return 1
    return run(
        DemoOptions(
            port=arguments.port,
            site_port=arguments.site_port,
            service_port=arguments.service_port,
            open_browser=arguments.open_browser,
        )
    )


def _port(text: str) -> int:
    # int() alone would take signs, spaces, underscores and other scripts' digits.
    if text.isascii() and text.isdigit() and text[0] != "0" and int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port: a whole number from 1 to 65535")


def _installed_version() -> str:
    try:
        return version("jupyter-porthole")
    except PackageNotFoundError:
        return "unknown (not installed)"


if __name__ == "__main__":
    sys.exit(main())
