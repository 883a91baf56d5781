"""What listens on this machine: ports, sockets and the processes that hold them."""

from .listening import Listening, all_listening, find_listening

__all__ = ["Listening", "all_listening", "find_listening"]
