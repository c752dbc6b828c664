"""
Encrypts what leaves by mail, for the one certificate that two people confirmed.

Contract: S/MIME envelope (RFC 8551) with AES-256. A certificate that is not valid now, or whose
key cannot be used, raises; nothing is ever sent in the clear instead.
"""

from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.ciphers import algorithms
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7EnvelopeBuilder, PKCS7Options

from service.workflow.errors import BadRequest

_SMALLEST_KEY = 2048


def load_certificate(pem: str, *, now: datetime) -> x509.Certificate:
    """The one certificate in `pem`, or `BadRequest` with what is wrong with it."""
    try:
        found = x509.load_pem_x509_certificates(pem.encode("ascii"))
    except ValueError:
        found = []
    if len(found) != 1:
        message = "Give exactly one certificate, in PEM form (-----BEGIN CERTIFICATE-----)."
        raise BadRequest(message)
    (certificate,) = found
    if not certificate.not_valid_before_utc <= now <= certificate.not_valid_after_utc:
        message = (
            "The recipient's certificate is not valid today. Ask them for a new one, and have it "
            "confirmed in the directory."
        )
        raise BadRequest(message)
    key = certificate.public_key()
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _SMALLEST_KEY:
        message = f"The certificate needs an RSA key of at least {_SMALLEST_KEY} bits."
        raise BadRequest(message)
    return certificate


def sealed(files: dict[str, bytes], certificate: x509.Certificate) -> bytes:
    """The files as attachments of one message, enveloped for the certificate (DER)."""
    inner = EmailMessage(policy=SMTP)
    inner.set_content("The letter and its routing slip are attached. Please pass the letter on.\n")
    for name, content in files.items():
        inner.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    builder = PKCS7EnvelopeBuilder().set_data(inner.as_bytes())
    builder = builder.add_recipient(certificate)
    builder = builder.set_content_encryption_algorithm(algorithms.AES256)
    return builder.encrypt(Encoding.DER, [PKCS7Options.Binary])
