"""TLS from certificate files."""

import asyncio
import ssl

from orchestratord.config.schema import TlsConfig
from orchestratord.errors import BadConfiguration

__all__ = ["server_context"]


async def server_context(tls: TlsConfig) -> ssl.SSLContext:
    """A context that speaks TLS 1.2 and newer with that certificate. Raises BadConfiguration naming the file."""
    return await asyncio.to_thread(_load, tls)


def _load(tls: TlsConfig) -> ssl.SSLContext:
    for key, path in (("cert", tls.cert), ("key", tls.key)):
        try:
            path.read_bytes()
        except OSError as fault:
            raise BadConfiguration(f"http.tls.{key}: {path} cannot be read: {fault.strerror}") from fault
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        # Without a password of our own OpenSSL would ask for one on the terminal.
        context.load_cert_chain(tls.cert, tls.key, password="")
    except (ssl.SSLError, ValueError) as fault:
        raise BadConfiguration(
            f"http.tls: {tls.cert} and {tls.key} are not a certificate and its key: {fault}",
            hint="Both in PEM, the key without a passphrase: openssl pkey -in KEY -out KEY.plain",
        ) from fault
    return context
