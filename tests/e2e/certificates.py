"""Certificates for tests: an authority, and pairs that it signed."""
import datetime
import ipaddress

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID

_DAY = datetime.timedelta(days=1)


def _pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def _name(common_name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


class Authority:
    """Signs what it is asked to. `pem` is its own certificate."""

    def __init__(self, common_name="nuncio test authority"):
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(common_name)
        now = datetime.datetime.utcnow()
        self.pem = _pem(
            x509.CertificateBuilder().subject_name(self._name).issuer_name(self._name).public_key(self._key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(now - _DAY).not_valid_after(now + 100 * _DAY)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self._key, hashes.SHA256()))

    def pair(self, *names, days=30, rsa_bits=0):
        """(certificate, key) in PEM for DNS names or addresses; `days` below 0 gives one that expired so long ago. P-256, unless RSA is asked for."""
        key = rsa.generate_private_key(65537, rsa_bits) if rsa_bits else ec.generate_private_key(ec.SECP256R1())
        now = datetime.datetime.utcnow()
        begin, end = (now - _DAY, now + days * _DAY) if days > 0 else (now + (days - 1) * _DAY, now + days * _DAY)

        def alternative(name):
            try:
                return x509.IPAddress(ipaddress.ip_address(name))
            except ValueError:
                return x509.DNSName(name)

        certificate = (
            x509.CertificateBuilder().subject_name(_name(names[0])).issuer_name(self._name).public_key(key.public_key())
            .serial_number(x509.random_serial_number()).not_valid_before(begin).not_valid_after(end)
            .add_extension(x509.SubjectAlternativeName([alternative(name) for name in names]), critical=False)
            .sign(self._key, hashes.SHA256()))
        return _pem(certificate), key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
