#!/usr/bin/python3
"""Makes the certificates that the golden cases hold. They are valid for a hundred years: made once, and again only to add one.

usage: certificates.py FOLDER      writes NAME.crt and NAME.key for each
"""
import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

FROM, UNTIL = datetime.datetime(2020, 1, 1), datetime.datetime(2120, 1, 1)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def make(subject: str, *, issuer=None, start=FROM, end=UNTIL, authority=False):
    """(certificate, key); `issuer` is such a pair, None: signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = (x509.CertificateBuilder().subject_name(name(subject)).public_key(key.public_key())
               .issuer_name(issuer[0].subject if issuer else name(subject)).serial_number(x509.random_serial_number())
               .not_valid_before(start).not_valid_after(end)
               .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True))
    if not authority:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(subject)]), critical=False)
    return builder.sign(issuer[1] if issuer else key, hashes.SHA256()), key


def revocations(issuer) -> x509.CertificateRevocationList:
    return (x509.CertificateRevocationListBuilder().issuer_name(issuer[0].subject).last_update(FROM).next_update(UNTIL)
            .sign(issuer[1], hashes.SHA256()))


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    authority = make("nuncio test authority", authority=True)
    pairs = {
        "authority": authority,
        "a": make("a.example.com", issuer=authority),
        "b": make("b.example.com", issuer=authority),
        "client": make("client.example.com", issuer=authority),
        "expired": make("a.example.com", end=datetime.datetime(2021, 1, 1)),
        "future": make("a.example.com", start=datetime.datetime(2110, 1, 1)),
    }
    for file, (certificate, key) in pairs.items():
        (folder / f"{file}.crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        (folder / f"{file}.key").write_bytes(key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    (folder / "revoked.crl").write_bytes(revocations(authority).public_bytes(serialization.Encoding.PEM))


if __name__ == "__main__":
    main()
