"""TLS, as JupyterHub's internal encryption wants it: both sides show certificates."""

from __future__ import annotations

import ssl
from dataclasses import dataclass

from .errors import StandaloneError


@dataclass(frozen=True)
class Certificates:
    """Files in PEM; empty for none."""

    certfile: str
    keyfile: str
    #: Who signs the certificates of the other sides.
    client_ca: str

    def for_clients(self) -> ssl.SSLContext | None:
        """Return what our server talks to its clients with; ``None`` without encryption.

        :raises StandaloneError: if the files can't be used.
        """
        context = self._context(ssl.Purpose.CLIENT_AUTH)
        if context is not None and self.client_ca:
            context.verify_mode = ssl.CERT_REQUIRED
        return context

    def for_hub(self) -> ssl.SSLContext | None:
        """Return what we talk to the hub with; ``None`` for the usual way.

        :raises StandaloneError: if the files can't be used.
        """
        return self._context(ssl.Purpose.SERVER_AUTH)

    def _context(self, purpose: ssl.Purpose) -> ssl.SSLContext | None:
        if not self.certfile:
            if self.keyfile or self.client_ca:
                raise StandaloneError("keyfile and client_ca are of no use without certfile")
            return None
        try:
            context = ssl.create_default_context(purpose, cafile=self.client_ca or None)
            context.load_cert_chain(self.certfile, self.keyfile or None)
        except OSError as error:
            raise StandaloneError(f"the certificate can't be used: {error}") from error
        return context
